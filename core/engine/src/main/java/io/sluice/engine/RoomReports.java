package io.sluice.engine;

import io.sluice.base.Cancellable;
import io.sluice.base.Loop;
import io.sluice.cluster.BrokerInfo;
import io.sluice.cluster.Cluster;
import io.sluice.cluster.ImageChange;
import io.sluice.cluster.ImageEvent;
import io.sluice.cluster.ImageListener;
import io.sluice.cluster.Outcome;
import io.sluice.log.LogStore;
import io.sluice.log.StoreListener;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the controller told whether this broker's disks have room (S9): without it, others should lead. What it was told
 * is seen in the image, so whatever got lost, or was said under another registration, is said again.
 *
 * <p>A lack of room is told at once; that it is over only once it has been for a while, so that leaderships don't go to
 * and fro with a disk at its limit. Owned by one loop; hears of disks and images on any thread.
 */
final class RoomReports implements StoreListener, ImageListener {
    private static final Logger LOG = LoggerFactory.getLogger(RoomReports.class);
    static final long ROOM_MUST_LAST_MS = 10_000;
    private static final long ASK_AGAIN_MS = 1_000;

    private final Loop loop;
    private final int self;
    private final Cluster cluster;
    private final LogStore store;
    /** Whether a disk has been short of room lately. */
    private boolean full;

    private boolean underWay;
    private @Nullable Cancellable lasting;
    private @Nullable Cancellable again;

    RoomReports(Loop loop, int self, Cluster cluster, LogStore store) {
        this.loop = loop;
        this.self = self;
        this.cluster = cluster;
        this.store = store;
    }

    @Override
    public void onDiskSpace(Path folder, boolean low) {
        loop.execute(this::look);
    }

    @Override
    public void imageChanged(ImageChange change) {
        if (change.events().stream().anyMatch(RoomReports::isAboutBrokers)) {
            loop.execute(this::look);
        }
    }

    private static boolean isAboutBrokers(ImageEvent event) {
        return event instanceof ImageEvent.BrokerRegistered || event instanceof ImageEvent.BrokerGone;
    }

    private void look() {
        if (store.isShortOfRoom()) {
            full = true;
            lasting = cancel(lasting);
        } else if (full && lasting == null) {
            lasting = loop.schedule(ROOM_MUST_LAST_MS, () -> {
                lasting = null;
                full = store.isShortOfRoom();
                look();
            });
        }
        report();
    }

    private static @Nullable Cancellable cancel(@Nullable Cancellable timer) {
        if (timer != null) {
            timer.cancel();
        }
        return null;
    }

    private void report() {
        BrokerInfo.Condition wrong = full ? BrokerInfo.Condition.SERVING : BrokerInfo.Condition.FULL;
        boolean known = cluster.image()
                .broker(self)
                .filter(info -> info.epoch() == cluster.brokerEpoch() && info.condition() == wrong)
                .isEmpty();
        boolean alone = cluster.image().brokers().size() == 1;
        if (known || underWay || again != null || (alone && full)) {
            return; // what is there to be told, or about to be asked again
        }
        underWay = true;
        boolean told = full;
        cluster.reportRoom(!told)
                .whenComplete((outcome, failure) -> loop.execute(() -> {
                    underWay = false;
                    if (outcome instanceof Outcome.Done<Integer> done) {
                        LOG.info("msg=\"room on disk reported\" full={} stillLeading={}", told, done.value());
                        look();
                    } else {
                        again = loop.schedule(ASK_AGAIN_MS, () -> {
                            again = null;
                            look();
                        });
                    }
                }));
    }
}
