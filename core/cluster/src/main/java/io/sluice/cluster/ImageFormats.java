package io.sluice.cluster;

import io.sluice.base.EpochChain;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How the parts of an image, and the events that change it, are written into messages. What grows over time is a struct,
 * so that an older reader can skip what it does not know; an event of an unknown kind can't be skipped, since the image
 * would be another, and makes the message malformed.
 */
final class ImageFormats {
    private static final int CONTROLLER_CHANGED = 1;
    private static final int BROKER_REGISTERED = 2;
    private static final int BROKER_GONE = 3;
    private static final int TOPIC_CREATED = 4;
    private static final int TOPIC_CHANGED = 5;
    private static final int TOPIC_DELETED = 6;
    private static final int CONFIGS_CHANGED = 7;
    private static final int PARTITIONS_CHANGED = 8;

    private static final int HAS_ELIGIBILITY = 1;
    private static final int HAS_REASSIGNMENT = 2;

    static final PeerFormat<ImageVersion> VERSION = PeerFormat.of(
            (out, version) -> {
                out.int32(version.controllerEpoch());
                out.int64(version.sequence());
            },
            in -> new ImageVersion(in.int32(), in.int64()));

    static final PeerFormat<BrokerIds> BROKER_IDS = PeerFormat.of(
            (out, ids) -> {
                out.count(ids.size());
                for (int i = 0; i < ids.size(); i++) {
                    out.int32(ids.at(i));
                }
            },
            in -> {
                int[] ids = new int[in.count()];
                for (int i = 0; i < ids.length; i++) {
                    ids[i] = in.int32();
                }
                return in.shared(BrokerIds.of(ids));
            });

    static final PeerFormat<PartitionImage> PARTITION =
            PeerFormat.struct(ImageFormats::writePartition, ImageFormats::readPartition);

    private static final PeerFormat<Map<Integer, PartitionImage>> PARTITIONS =
            PeerFormat.map(PeerFormat.INT32, PARTITION);

    static final PeerFormat<TopicImage> TOPIC = PeerFormat.struct(
            (out, topic) -> {
                out.uuid(topic.id());
                out.text(topic.name());
                PeerFormat.SETTINGS.write(out, topic.configs());
                PeerFormat.list(PARTITION).write(out, topic.partitions());
            },
            in -> new TopicImage(
                    in.uuid(),
                    in.text(),
                    PeerFormat.SETTINGS.read(in),
                    PeerFormat.list(PARTITION).read(in)));

    private static final PeerFormat<Endpoint> ENDPOINT = PeerFormat.struct(
            (out, endpoint) -> {
                out.text(endpoint.listener());
                out.text(endpoint.securityProtocol());
                out.text(endpoint.host());
                out.int32(endpoint.port());
            },
            in -> new Endpoint(in.text(), in.text(), in.text(), in.int32()));

    static final PeerFormat<BrokerInfo> BROKER = PeerFormat.struct(
            (out, broker) -> {
                out.int32(broker.id());
                out.int64(broker.epoch());
                PeerFormat.list(ENDPOINT).write(out, broker.endpoints());
                PeerFormat.optional(PeerFormat.TEXT).write(out, broker.rack());
                EpochChain proven = broker.proven();
                out.bool(!proven.isNone());
                proven.latest().ifPresent(out::int64);
                out.bool(broker.shuttingDown());
                PeerFormat.list(PeerFormat.INT64).write(out, proven.epochs()); // versions before know the latest only
                out.int32(broker.level());
                out.int32(broker.minInSync());
                out.bool(broker.condition() == BrokerInfo.Condition.FULL);
            },
            in -> {
                int id = in.int32();
                long epoch = in.int64();
                List<Endpoint> endpoints = PeerFormat.list(ENDPOINT).read(in);
                Optional<String> rack = PeerFormat.optional(PeerFormat.TEXT).read(in);
                EpochChain latest = in.bool() ? EpochChain.of(in.int64()) : EpochChain.NONE;
                boolean shuttingDown = in.bool();
                EpochChain proven = in.hasMore()
                        ? new EpochChain(PeerFormat.list(PeerFormat.INT64).read(in))
                        : latest;
                int level = in.hasMore() ? in.int32() : PeerLevel.FIRST;
                int minInSync = in.hasMore() ? in.int32() : 0;
                boolean full = in.hasMore() && in.bool();
                BrokerInfo.Condition condition = shuttingDown
                        ? BrokerInfo.Condition.LEAVING
                        : full ? BrokerInfo.Condition.FULL : BrokerInfo.Condition.SERVING;
                return new BrokerInfo(id, epoch, endpoints, rack, proven, level, minInSync, condition);
            });

    static final PeerFormat<ConfigResource> RESOURCE = PeerFormat.of(
            (out, resource) -> {
                PeerFormat.constant(ConfigResource.Type.class).write(out, resource.type());
                out.text(resource.name());
            },
            in -> new ConfigResource(
                    PeerFormat.constant(ConfigResource.Type.class).read(in), in.text()));

    static final PeerFormat<ImageEvent> EVENT = PeerFormat.of(ImageFormats::writeEvent, ImageFormats::readEvent);

    static final PeerFormat<List<ImageEvent>> EVENTS = PeerFormat.list(EVENT);

    private ImageFormats() {}

    private static void writePartition(PeerWriter out, PartitionImage partition) {
        out.int32(partition.leader());
        out.int32(partition.leaderEpoch());
        out.int32(partition.partitionEpoch());
        BROKER_IDS.write(out, partition.replicas());
        BROKER_IDS.write(out, partition.isr());
        Eligibility eligibility = partition.eligibility();
        Reassignment reassignment = partition.reassignment();
        out.u8((eligibility.isNone() ? 0 : HAS_ELIGIBILITY) | (reassignment.isUnderWay() ? HAS_REASSIGNMENT : 0));
        if (!eligibility.isNone()) {
            BROKER_IDS.write(out, eligibility.elr());
            BROKER_IDS.write(out, eligibility.lastKnownElr());
            out.bool(eligibility.recovering());
        }
        if (reassignment.isUnderWay()) {
            BROKER_IDS.write(out, reassignment.original());
            BROKER_IDS.write(out, reassignment.target());
        }
    }

    private static PartitionImage readPartition(PeerReader in) {
        int leader = in.int32();
        int leaderEpoch = in.int32();
        int partitionEpoch = in.int32();
        BrokerIds replicas = BROKER_IDS.read(in);
        BrokerIds isr = BROKER_IDS.read(in);
        int has = in.u8();
        Eligibility eligibility = (has & HAS_ELIGIBILITY) == 0
                ? Eligibility.NONE
                : new Eligibility(BROKER_IDS.read(in), BROKER_IDS.read(in), in.bool());
        Reassignment reassignment = (has & HAS_REASSIGNMENT) == 0
                ? Reassignment.NONE
                : new Reassignment(BROKER_IDS.read(in), BROKER_IDS.read(in));
        return new PartitionImage(leader, leaderEpoch, replicas, isr, partitionEpoch, eligibility, reassignment);
    }

    private static void writeEvent(PeerWriter out, ImageEvent event) {
        if (event instanceof ImageEvent.ControllerChanged changed) {
            out.u8(CONTROLLER_CHANGED);
            out.int32(changed.controllerId());
        } else if (event instanceof ImageEvent.BrokerRegistered registered) {
            out.u8(BROKER_REGISTERED);
            BROKER.write(out, registered.broker());
        } else if (event instanceof ImageEvent.BrokerGone gone) {
            out.u8(BROKER_GONE);
            out.int32(gone.brokerId());
        } else if (event instanceof ImageEvent.TopicCreated created) {
            out.u8(TOPIC_CREATED);
            TOPIC.write(out, created.topic());
        } else if (event instanceof ImageEvent.TopicChanged changed) {
            out.u8(TOPIC_CHANGED);
            TOPIC.write(out, changed.topic());
        } else if (event instanceof ImageEvent.PartitionsChanged changed) {
            out.u8(PARTITIONS_CHANGED);
            out.uuid(changed.topicId());
            PARTITIONS.write(out, changed.partitions());
        } else if (event instanceof ImageEvent.TopicDeleted deleted) {
            out.u8(TOPIC_DELETED);
            out.uuid(deleted.topicId());
        } else if (event instanceof ImageEvent.ConfigsChanged changed) {
            out.u8(CONFIGS_CHANGED);
            RESOURCE.write(out, changed.resource());
            PeerFormat.SETTINGS.write(out, changed.configs());
        } else {
            throw new IllegalStateException("no format for " + event.getClass());
        }
    }

    private static ImageEvent readEvent(PeerReader in) {
        int kind = in.u8();
        return switch (kind) {
            case CONTROLLER_CHANGED -> new ImageEvent.ControllerChanged(in.int32());
            case BROKER_REGISTERED -> new ImageEvent.BrokerRegistered(BROKER.read(in));
            case BROKER_GONE -> new ImageEvent.BrokerGone(in.int32());
            case TOPIC_CREATED -> new ImageEvent.TopicCreated(TOPIC.read(in));
            case TOPIC_CHANGED -> new ImageEvent.TopicChanged(TOPIC.read(in));
            case PARTITIONS_CHANGED -> new ImageEvent.PartitionsChanged(in.uuid(), new TreeMap<>(PARTITIONS.read(in)));
            case TOPIC_DELETED -> new ImageEvent.TopicDeleted(in.uuid());
            case CONFIGS_CHANGED -> new ImageEvent.ConfigsChanged(RESOURCE.read(in), PeerFormat.SETTINGS.read(in));
            default -> throw new MalformedMessageException("unknown kind of image event " + kind);
        };
    }
}
