package io.sluice.cluster;

import io.sluice.base.Cancellable;
import io.sluice.base.Loop;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which image each follower has shown to have, by its polls, so that somebody can wait until all know of a change (R20).
 * Lives as long as a term. Control loop.
 */
final class SeenImages {
    /** Nobody is waited for any longer: one that hangs must not keep a broker from leaving. */
    static final long WAIT_MS = 1_000;

    /** Who waits: for {@code version}, until the timer runs out. */
    private record Awaited(ImageVersion version, Runnable task, Cancellable timer) {}

    private final Loop loop;
    /** By the registration too: what the process before saw is nothing to the one that lives (R12). */
    private final Map<Integer, Map.Entry<Long, ImageVersion>> seen = new TreeMap<>();

    private final List<Awaited> awaited = new ArrayList<>();

    SeenImages(Loop loop) {
        this.loop = loop;
    }

    void polled(Asker broker, ImageVersion had, ClusterImage current) {
        seen.put(broker.brokerId(), Map.entry(broker.brokerEpoch(), had));
        check(current);
    }

    /** Brokers that go are waited for no longer. */
    void published(ClusterImage current) {
        seen.keySet().retainAll(current.brokers().keySet());
        check(current);
    }

    /** Runs {@code task} once all brokers but the controller have {@code version}, or it has waited long enough. */
    void whenSeen(ImageVersion version, ClusterImage current, Runnable task) {
        if (allHave(version, current)) {
            task.run();
            return;
        }
        Awaited[] each = new Awaited[1];
        Cancellable timer = loop.schedule(WAIT_MS, () -> {
            if (awaited.remove(each[0])) {
                task.run();
            }
        });
        each[0] = new Awaited(version, task, timer);
        awaited.add(each[0]);
    }

    /** The term is over: nobody will show anything any more. */
    void end() {
        seen.clear();
        List<Awaited> all = List.copyOf(awaited);
        awaited.clear();
        all.forEach(SeenImages::goOn);
    }

    private void check(ClusterImage current) {
        for (Awaited each : List.copyOf(awaited)) {
            if (allHave(each.version(), current) && awaited.remove(each)) {
                goOn(each);
            }
        }
    }

    private static void goOn(Awaited each) {
        each.timer().cancel();
        each.task().run();
    }

    private boolean allHave(ImageVersion version, ClusterImage current) {
        return current.brokers().values().stream()
                .allMatch(broker -> broker.id() == current.controllerId() || has(broker, version));
    }

    private boolean has(BrokerInfo broker, ImageVersion version) {
        Map.Entry<Long, ImageVersion> last = seen.get(broker.id());
        return last != null
                && last.getKey() == broker.epoch()
                && last.getValue().compareTo(version) >= 0;
    }
}
