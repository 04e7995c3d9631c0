package io.sluice.kafka.handler;

import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What one fetch reads, and whether its answer carries everything or only news. */
final class FetchPlan {
    private final Collection<FetchTarget> targets;
    private final @Nullable FetchSession session;
    private final boolean newsOnly;
    /** Where targets are counted that no session remembers, while they wait. */
    private final @Nullable FetchTargets budget;

    private boolean counted;

    private FetchPlan(
            Collection<FetchTarget> targets,
            @Nullable FetchSession session,
            boolean newsOnly,
            @Nullable FetchTargets budget) {
        this.targets = targets;
        this.session = session;
        this.newsOnly = newsOnly;
        this.budget = budget;
    }

    static FetchPlan withoutSession(Collection<FetchTarget> targets, FetchTargets budget) {
        return new FetchPlan(targets, null, false, budget);
    }

    /** The fetch that begins a session: everything is answered. */
    static FetchPlan first(FetchSession session) {
        return new FetchPlan(session.targets(), session, false, null);
    }

    static FetchPlan incremental(FetchSession session) {
        return new FetchPlan(session.targets(), session, true, null);
    }

    Collection<FetchTarget> targets() {
        return targets;
    }

    boolean newsOnly() {
        return newsOnly;
    }

    int sessionId() {
        FetchSession current = session;
        return current == null ? FetchSessions.NO_SESSION : current.id();
    }

    void served(List<FetchTarget> withData) {
        FetchSession current = session;
        if (current != null) {
            withData.forEach(current::servedLast);
        }
    }

    /** Whether there is room for its targets to be remembered while it waits; if not, it must be answered as it is. */
    boolean mayWait() {
        FetchTargets shared = budget;
        if (shared != null && !counted) {
            counted = shared.tryTake(targets.size());
            return counted;
        }
        return true;
    }

    /** The fetch is over: subscriptions stay with the session, or end where there is none. */
    void end() {
        FetchSession current = session;
        if (current != null) {
            targets.forEach(FetchTarget::disarm);
            current.release();
        } else {
            targets.forEach(FetchTarget::close);
            FetchTargets shared = budget;
            if (shared != null && counted) {
                shared.giveBack(targets.size());
                counted = false;
            }
        }
    }
}
