package io.sluice.cluster;

import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says in the log what happened to leaders and in-sync sets: one line per change of the image for each, and one per election that may have lost
 * records (R16), which is what an audit looks for.
 */
final class ElectionLog {
    private static final Logger LOG = LoggerFactory.getLogger(ElectionLog.class);

    private int elected;
    private int offline;
    private int shrunk;
    private int grown;

    private ElectionLog() {}

    static void write(ClusterImage before, ClusterImage after, List<ImageEvent> events) {
        ElectionLog log = new ElectionLog();
        for (ImageEvent event : events) {
            if (event instanceof ImageEvent.PartitionsChanged changed) {
                before.topic(changed.topicId()).ifPresent(topic -> log.topic(topic, changed));
            } else if (event instanceof ImageEvent.BrokerGone gone) {
                LOG.info(
                        "broker gone id={} live={}",
                        gone.brokerId(),
                        after.brokers().keySet());
            } else if (event instanceof ImageEvent.BrokerRegistered arrived) {
                BrokerInfo broker = arrived.broker();
                LOG.info(
                        "broker registered id={} epoch={} level={} proven={} condition={}",
                        broker.id(),
                        broker.epoch(),
                        broker.level(),
                        broker.proven(),
                        broker.condition());
            }
        }
        if (log.elected + log.offline > 0) {
            LOG.info("leaders changed elected={} offline={} image={}", log.elected, log.offline, after.version());
        }
        if (log.shrunk + log.grown > 0) {
            LOG.info("in-sync sets changed shrunk={} grown={} image={}", log.shrunk, log.grown, after.version());
        }
    }

    private void topic(TopicImage topic, ImageEvent.PartitionsChanged changed) {
        changed.partitions().forEach((index, now) -> {
            PartitionImage old = topic.partitions().get(index);
            shrunk += now.isr().size() < old.isr().size() ? 1 : 0;
            grown += now.isr().size() > old.isr().size() ? 1 : 0;
            if (now.leaderEpoch() == old.leaderEpoch()) {
                return;
            }
            if (now.isOffline()) {
                offline++;
            } else {
                elected++;
            }
            if (now.eligibility().recovering() && !now.isOffline()) {
                LOG.warn(
                        "possible loss: leader elected that may lack acknowledged records partition={}-{} leader={}"
                                + " leaderEpoch={} isrBefore={} elrBefore={} lastKnownBefore={}",
                        topic.name(),
                        index,
                        now.leader(),
                        now.leaderEpoch(),
                        old.isr(),
                        old.eligibility().elr(),
                        old.eligibility().lastKnownElr());
            }
        });
    }
}
