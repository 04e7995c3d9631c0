package io.sluice.zookeeper;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is said of a server that waits for the majority of its ensemble: a line every few seconds while it starts, for
 * somebody is watching then; afterwards one when the majority goes, one a minute while that lasts, one when it is back.
 * An election that takes no longer than usual is not worth a line. Not safe for use by several threads.
 */
final class MajorityWait {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedZooKeeper.class);
    private static final long REPEAT_AT_START_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long REPEAT_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final long ELECTION_NANOS = TimeUnit.MILLISECONDS.toNanos(1_500);

    private final Ensemble ensemble;
    private final long startedAt;
    private boolean hasServed;
    private boolean waiting;
    private boolean said;
    private long waitingSince;
    private long saidAt;

    MajorityWait(Ensemble ensemble, long nowNanos) {
        this.ensemble = ensemble;
        this.startedAt = nowNanos;
    }

    /** @param unreached the members that this server has no connection to */
    void waits(List<EnsembleMember> unreached, long nowNanos) {
        if (!waiting) {
            waiting = true;
            waitingSince = nowNanos;
        }
        if (!hasServed) {
            if (!said || nowNanos - saidAt >= REPEAT_AT_START_NANOS) {
                saidAt = nowNanos;
                said = true;
                sayAtStart(unreached);
            }
        } else if (said ? nowNanos - saidAt >= REPEAT_NANOS : nowNanos - waitingSince >= ELECTION_NANOS) {
            saidAt = nowNanos;
            said = true;
            LOG.warn(
                    "embedded ZooKeeper has no majority of its ensemble: start the nodes that are missing; until then"
                            + " topics, settings and leaders can't be changed sinceS={} node={} {}",
                    TimeUnit.NANOSECONDS.toSeconds(nowNanos - waitingSince),
                    ensemble.self(),
                    votes(unreached));
        }
    }

    private void sayAtStart(List<EnsembleMember> unreached) {
        boolean enough = ensemble.members().size() - unreached.size() >= ensemble.majority();
        LOG.info(
                enough
                        ? "embedded ZooKeeper agrees with the others on a leader node={} {}"
                        : "embedded ZooKeeper waits for other nodes of the cluster: start them node={} {}",
                ensemble.self(),
                votes(unreached));
    }

    /** The server serves. */
    void serves(long nowNanos) {
        if (!hasServed) {
            hasServed = true;
            LOG.info(
                    "embedded ZooKeeper has its majority node={} afterMs={}",
                    ensemble.self(),
                    TimeUnit.NANOSECONDS.toMillis(nowNanos - startedAt));
        } else if (said) {
            LOG.info(
                    "embedded ZooKeeper has its majority again node={} downS={}",
                    ensemble.self(),
                    TimeUnit.NANOSECONDS.toSeconds(nowNanos - waitingSince));
        }
        waiting = false;
        said = false;
    }

    private String votes(List<EnsembleMember> unreached) {
        int size = ensemble.members().size();
        return "needs=" + ensemble.majority() + " of=" + size + " there=" + (size - unreached.size()) + " missing="
                + (unreached.isEmpty()
                        ? "none"
                        : unreached.stream().map(EnsembleMember::toString).collect(Collectors.joining(",")));
    }
}
