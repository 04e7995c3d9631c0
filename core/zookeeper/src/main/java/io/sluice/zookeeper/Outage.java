package io.sluice.zookeeper;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is said of an embedded server that is down: one line when it goes, one a minute while that lasts, one when it is
 * back. It counts as back once it has served for a while, for a full disk often lets it start and fails it at its next
 * write. Not safe for use by several threads.
 */
final class Outage {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedZooKeeper.class);
    private static final long REPEAT_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final long SETTLED_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Path folder;
    private final String meanwhile;
    private boolean lasts;
    private boolean serving;
    private long downAt;
    private long servingAt;
    private long saidAt;

    /** @param hasOthers whether it is one of an ensemble */
    Outage(Path folder, boolean hasOthers) {
        this.folder = folder;
        this.meanwhile = hasOthers
                ? "until then the other nodes' servers must do"
                : "until then topics and settings can't be changed";
    }

    /** The server does not serve, or could not be started. */
    void down(String reason, long nowNanos) {
        serving = false;
        if (!lasts) {
            lasts = true;
            downAt = nowNanos;
            saidAt = nowNanos;
            LOG.error(
                    "embedded ZooKeeper is down: free space on its disk, or mend it, and it starts again by itself;"
                            + " {} folder={} reason=\"{}\"",
                    meanwhile,
                    folder,
                    reason);
        } else if (nowNanos - saidAt >= REPEAT_NANOS) {
            saidAt = nowNanos;
            LOG.error(
                    "embedded ZooKeeper is still down: free space on its disk, or mend it sinceS={} folder={} reason=\"{}\"",
                    TimeUnit.NANOSECONDS.toSeconds(nowNanos - downAt),
                    folder,
                    reason);
        }
    }

    /** The server serves. */
    void up(long nowNanos) {
        if (!lasts) {
            return;
        }
        if (!serving) {
            serving = true;
            servingAt = nowNanos;
        } else if (nowNanos - servingAt >= SETTLED_NANOS) {
            lasts = false;
            LOG.info(
                    "embedded ZooKeeper serves again downS={} folder={}",
                    TimeUnit.NANOSECONDS.toSeconds(servingAt - downAt),
                    folder);
        }
    }
}
