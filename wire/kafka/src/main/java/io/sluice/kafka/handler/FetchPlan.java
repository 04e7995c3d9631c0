package io.sluice.kafka.handler;

import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What one fetch reads, and whether its answer carries everything or only news. */
final class FetchPlan {
    private final Collection<FetchTarget> targets;
    private final @Nullable FetchSession session;
    private final boolean newsOnly;

    private FetchPlan(Collection<FetchTarget> targets, @Nullable FetchSession session, boolean newsOnly) {
        this.targets = targets;
        this.session = session;
        this.newsOnly = newsOnly;
    }

    static FetchPlan withoutSession(List<FetchTarget> targets) {
        return new FetchPlan(targets, null, false);
    }

    /** The fetch that begins a session: everything is answered. */
    static FetchPlan first(FetchSession session) {
        return new FetchPlan(session.targets(), session, false);
    }

    static FetchPlan incremental(FetchSession session) {
        return new FetchPlan(session.targets(), session, true);
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

    /** The fetch is over: subscriptions stay with the session, or end where there is none. */
    void end() {
        FetchSession current = session;
        if (current != null) {
            targets.forEach(FetchTarget::disarm);
            current.release();
        } else {
            targets.forEach(FetchTarget::close);
        }
    }
}
