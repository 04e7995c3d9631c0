package io.sluice.cluster.settings;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Kafka's broker settings that have no meaning here, so that a file that was written for Kafka can be used as it is.
 * Most are passed over, with the reason told; but one that promises protection is refused, for a broker that started
 * without it would be open to anyone.
 */
public final class KafkaOnlySettings {
    /** @param prefixes how the names begin */
    private record Family(String why, List<String> prefixes) {
        boolean has(String name) {
            return prefixes.stream().anyMatch(name::startsWith);
        }
    }

    private static final List<Family> PROTECTION = List.of(
            new Family(
                    "TLS, SASL and access control are not served yet, and without them anyone who reaches the broker"
                            + " may do anything",
                    List.of(
                            "sasl.",
                            "ssl.",
                            "listener.name.",
                            "authorizer.",
                            "super.users",
                            "allow.everyone.if.no.acl.found",
                            "principal.builder.class",
                            "delegation.token.",
                            "password.encoder.",
                            "security.providers",
                            "zookeeper.ssl.",
                            "zookeeper.set.acl")),
            new Family(
                    "classes of Kafka's cannot be plugged in",
                    List.of(
                            "create.topic.policy.class.name",
                            "alter.config.policy.class.name",
                            "client.quota.callback.class",
                            "config.providers")));

    private static final List<Family> PASSED_OVER = List.of(
            new Family(
                    "there is no KRaft quorum: the broker keeps the cluster's state in ZooKeeper, which it runs itself"
                            + " unless zookeeper.connect is set",
                    List.of(
                            "process.roles",
                            "controller.",
                            "metadata.",
                            "internal.metadata.",
                            "broker.heartbeat.interval.ms",
                            "broker.session.timeout.ms",
                            "initial.broker.registration.timeout.ms",
                            "early.start.listeners",
                            "unstable.",
                            "zookeeper.metadata.migration.enable")),
            new Family(
                    "transactions are not served yet",
                    List.of("transaction.", "transactional.", "add.partitions.to.txn.")),
            new Family(
                    "share groups and streams groups are not served yet",
                    List.of("share.", "group.share.", "group.streams.")),
            new Family(
                    "copying between brokers is set up in another way here",
                    List.of(
                            "replica.",
                            "num.replica.",
                            "alter.log.dirs.replication.",
                            "follower.fetch.",
                            "unclean.leader.election.interval.ms",
                            "eligible.leader.replicas.enable")),
            new Family("every listener speaks PLAINTEXT so far", List.of("security.inter.broker.protocol")),
            new Family("there is no tiered storage", List.of("remote.", "log.local.retention.")),
            new Family("clients are not held to quotas yet", List.of("quota.")),
            new Family(
                    "metrics are not reported through Kafka's reporters",
                    List.of("metric.", "metrics.", "kafka.metrics.", "auto.include.jmx.reporter", "telemetry.")),
            new Family(
                    "it went out of use in Kafka",
                    List.of(
                            "inter.broker.protocol.version",
                            "log.message.format.version",
                            "log.message.downconversion.enable",
                            "log.message.timestamp.difference.max.ms",
                            "broker.id.generation.enable",
                            "reserved.broker.max.id",
                            "offsets.commit.required.acks",
                            "zookeeper.sync.time.ms",
                            "zookeeper.max.in.flight.requests",
                            "zookeeper.clientCnxnSocket",
                            "group.coordinator.new.enable")));

    /** What tunes parts of Kafka's broker that are made otherwise here. */
    private static final Set<String> NOTHING_TO_TUNE = Set.of(
            "background.threads",
            "connection.failed.authentication.delay.ms",
            "connections.max.reauth.ms",
            "cordoned.log.dirs",
            "delete.records.purgatory.purge.interval.requests",
            "fetch.purgatory.purge.interval.requests",
            "group.consumer.assignment.interval.ms",
            "group.consumer.max.assignment.interval.ms",
            "group.consumer.min.assignment.interval.ms",
            "group.coordinator.append.linger.ms",
            "group.coordinator.background.threads",
            "group.coordinator.cached.buffer.max.bytes",
            "group.coordinator.threads",
            "log.cleaner.backoff.ms",
            "log.cleaner.dedupe.buffer.size",
            "log.cleaner.enable",
            "log.cleaner.io.buffer.load.factor",
            "log.cleaner.io.buffer.size",
            "log.cleaner.io.max.bytes.per.second",
            "log.cleaner.threads",
            "log.dir.failure.timeout.ms",
            "log.flush.scheduler.interval.ms",
            "log.flush.start.offset.checkpoint.interval.ms",
            "log.initial.task.delay.ms",
            "offsets.load.buffer.size",
            "offsets.topic.compression.codec",
            "producer.id.expiration.check.interval.ms",
            "producer.purgatory.purge.interval.requests",
            "server.max.startup.time.ms",
            "socket.connection.setup.timeout.max.ms",
            "socket.connection.setup.timeout.ms",
            "socket.listen.backlog.size");

    private KafkaOnlySettings() {}

    /**
     * Why the setting is passed over in what a broker starts with; empty when it is not one of Kafka's alone.
     *
     * @throws InvalidSettingException when it must not be passed over, with the reason and what to do
     */
    public static Optional<String> whyPassedOver(String name, String value) {
        Optional<Setting<?>> ours = BrokerSettings.ALL.find(name);
        if (ours.isPresent()) {
            return ours.filter(setting -> setting.change() == Change.AT_RUN_TIME_ONLY)
                    .map(setting -> "it is set only while brokers run, as by kafka-configs.sh");
        }
        for (Family family : PROTECTION) {
            if (family.has(name)) {
                throw refused(name, family.why + "; remove it to run without");
            }
        }
        refuseByValue(name, value.strip());
        if (NOTHING_TO_TUNE.contains(name)) {
            return Optional.of("it tunes a part of Kafka's broker that is made otherwise here");
        }
        return PASSED_OVER.stream()
                .filter(family -> family.has(name))
                .findFirst()
                .map(Family::why);
    }

    private static void refuseByValue(String name, String value) {
        if (name.equals("process.roles") && !List.of(value.split("\\s*,\\s*")).contains("broker")) {
            throw refused(name, "every node is a broker here, and there are no controllers apart; set it to broker");
        }
        boolean inTheClear = value.toUpperCase(Locale.ROOT).equals("PLAINTEXT");
        if (name.equals("security.inter.broker.protocol") && !inTheClear) {
            throw refused(name, "only PLAINTEXT is served yet");
        }
        if (name.equals("remote.log.storage.system.enable") && value.equals("true")) {
            throw refused(name, "there is no tiered storage; set it to false");
        }
    }

    private static InvalidSettingException refused(String name, String why) {
        return new InvalidSettingException(name, "Setting " + name + " cannot be honoured: " + why);
    }
}
