package io.sluice.cluster;

import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * The registrations of brokers, looked at whenever they change. Knows whether the last look still holds, so that a
 * change is not lost that comes while nobody can act on it or look again. Control loop.
 */
final class LiveBrokers {
    private final StateLoader loader;
    private final Runnable changed;
    private long looks;
    private boolean current;

    /** @param changed called when what the last look found holds no longer */
    LiveBrokers(StateLoader loader, Runnable changed) {
        this.loader = loader;
        this.changed = changed;
    }

    /** Looks, and watches from then on. */
    CompletionStage<List<BrokerInfo>> look() {
        long mine = ++looks;
        current = true;
        return loader.brokers(() -> holdsNoLonger(mine, changed)).whenComplete((brokers, failure) -> {
            if (failure != null) {
                holdsNoLonger(mine, () -> {});
            }
        });
    }

    /** Whether nothing is known to have changed since the last look, and that look did not fail. */
    boolean isCurrent() {
        return current;
    }

    private void holdsNoLonger(long look, Runnable then) {
        if (look == looks) {
            current = false;
            then.run();
        }
    }
}
