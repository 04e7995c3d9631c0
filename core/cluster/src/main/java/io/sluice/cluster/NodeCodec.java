package io.sluice.cluster;

import io.sluice.base.EpochChain;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What the nodes of the coordination store hold, as compact JSON with a format number {@code "v"}. Readers ignore keys
 * that they do not know and refuse a format that is newer than theirs.
 */
final class NodeCodec {
    private static final int FORMAT = 1;
    /** Of partition states: since format 2 a state may say who else is eligible and what moves. */
    private static final int PARTITIONS_FORMAT = 2;

    /** An offline partition with both kinds of eligible replicas, and epochs of three digits more than now. */
    private static final int ROOM_PER_PARTITION = 30;

    private NodeCodec() {}

    /**
     * Who registered.
     *
     * @param directory the identity of the data folder, which only one process can hold open
     * @param proven as in {@link BrokerInfo}; versions before this one know the latest of it only
     * @param session what ends its session should its process die
     * @param level as in {@link BrokerInfo}
     * @param minInSync as in {@link BrokerInfo}
     */
    record Registration(
            String directory,
            List<Endpoint> endpoints,
            Optional<String> rack,
            EpochChain proven,
            Optional<SessionKey> session,
            int level,
            int minInSync) {
        /** Of a broker of this version. */
        Registration(
                String directory,
                List<Endpoint> endpoints,
                Optional<String> rack,
                EpochChain proven,
                Optional<SessionKey> session,
                int minInSync) {
            this(directory, endpoints, rack, proven, session, PeerLevel.OWN, minInSync);
        }
    }

    /**
     * The last registration of a broker that a controller took note of; it stays when the broker goes (R14).
     *
     * @param condition what the broker said of itself under this very registration
     */
    record NotedEpoch(long epoch, BrokerInfo.Condition condition) {}

    /**
     * Who is controller.
     *
     * @param epoch of its term; 0 where it was not written down
     * @param session what ends its session should its process die
     */
    record ControllerNode(int broker, String directory, int epoch, Optional<SessionKey> session) {}

    static byte[] registration(Registration node) {
        StringBuilder json = begin().append(",\"directory\":");
        Json.quote(json, node.directory());
        node.rack().ifPresent(rack -> {
            json.append(",\"rack\":");
            Json.quote(json, rack);
        });
        chain(json, node.proven());
        json.append(",\"level\":").append(node.level());
        node.session().ifPresent(session -> session(json, session));
        if (node.minInSync() > 0) {
            json.append(",\"minInSync\":").append(node.minInSync());
        }
        json.append(",\"endpoints\":[");
        String separator = "";
        for (Endpoint endpoint : node.endpoints()) {
            json.append(separator).append('[');
            Json.quote(json, endpoint.listener());
            json.append(',');
            Json.quote(json, endpoint.securityProtocol());
            json.append(',');
            Json.quote(json, endpoint.host());
            json.append(',').append(endpoint.port()).append(']');
            separator = ",";
        }
        return end(json.append(']'));
    }

    static Registration registration(byte[] bytes) {
        Map<?, ?> node = read(bytes);
        List<Endpoint> endpoints = new ArrayList<>();
        for (Object each : list(node.get("endpoints"))) {
            List<?> parts = list(each);
            endpoints.add(
                    new Endpoint(text(parts.get(0)), text(parts.get(1)), text(parts.get(2)), number(parts.get(3))));
        }
        return new Registration(
                text(node.get("directory")),
                endpoints,
                Optional.ofNullable(node.get("rack")).map(NodeCodec::text),
                chain(node),
                session(node),
                node.containsKey("level") ? number(node.get("level")) : PeerLevel.FIRST,
                node.containsKey("minInSync") ? number(node.get("minInSync")) : 0);
    }

    private static void chain(StringBuilder json, EpochChain proven) {
        proven.latest().ifPresent(epoch -> json.append(",\"provenEpoch\":").append(epoch));
        if (proven.epochs().size() > 1) {
            json.append(",\"provenEpochs\":[");
            String separator = "";
            for (long epoch : proven.epochs()) {
                json.append(separator).append(epoch);
                separator = ",";
            }
            json.append(']');
        }
    }

    private static EpochChain chain(Map<?, ?> node) {
        if (node.get("provenEpochs") instanceof List<?> epochs) {
            return new EpochChain(epochs.stream().map(Long.class::cast).toList());
        }
        return node.get("provenEpoch") instanceof Long epoch ? EpochChain.of(epoch) : EpochChain.NONE;
    }

    static byte[] notedEpoch(NotedEpoch node) {
        StringBuilder json = begin().append(",\"epoch\":").append(node.epoch());
        return end(
                switch (node.condition()) {
                    case SERVING -> json;
                    case FULL -> json.append(",\"full\":1");
                    case LEAVING -> json.append(",\"shuttingDown\":1");
                });
    }

    static NotedEpoch notedEpoch(byte[] bytes) {
        Map<?, ?> node = read(bytes);
        if (node.get("epoch") instanceof Long epoch) {
            return new NotedEpoch(
                    epoch,
                    node.containsKey("shuttingDown")
                            ? BrokerInfo.Condition.LEAVING
                            : node.containsKey("full") ? BrokerInfo.Condition.FULL : BrokerInfo.Condition.SERVING);
        }
        throw new IllegalArgumentException("the epoch is missing");
    }

    static byte[] controller(ControllerNode node) {
        StringBuilder json =
                begin().append(",\"broker\":").append(node.broker()).append(",\"directory\":");
        Json.quote(json, node.directory());
        json.append(",\"epoch\":").append(node.epoch());
        node.session().ifPresent(session -> session(json, session));
        return end(json);
    }

    static ControllerNode controller(byte[] bytes) {
        Map<?, ?> node = read(bytes);
        int epoch = node.containsKey("epoch") ? number(node.get("epoch")) : 0;
        return new ControllerNode(number(node.get("broker")), text(node.get("directory")), epoch, session(node));
    }

    /** Id and password of a session, in hexadecimal, as ZooKeeper's own logs write ids. */
    private static void session(StringBuilder json, SessionKey session) {
        json.append(",\"session\":[\"")
                .append(Long.toHexString(session.id()))
                .append("\",\"")
                .append(HexFormat.of().formatHex(session.password()))
                .append("\"]");
    }

    private static Optional<SessionKey> session(Map<?, ?> node) {
        if (!(node.get("session") instanceof List<?> session)) {
            return Optional.empty();
        }
        return Optional.of(new SessionKey(
                Long.parseUnsignedLong(text(session.get(0)), 16), HexFormat.of().parseHex(text(session.get(1)))));
    }

    static byte[] topic(TopicImage topic) {
        StringBuilder json = begin().append(",\"name\":");
        Json.quote(json, topic.name());
        json.append(",\"configs\":");
        Json.strings(json, topic.configs());
        json.append(",\"replicas\":[");
        String separator = "";
        for (PartitionImage partition : topic.partitions()) {
            Json.numbers(json.append(separator), partition.replicas());
            separator = ",";
        }
        return end(json.append(']'));
    }

    /** What the states of {@code topic} may come to take when leaders, epochs and who is eligible change, in bytes. */
    static int partitionsBytes(TopicImage topic) {
        return partitions(topic).length + ROOM_PER_PARTITION * topic.partitionCount();
    }

    /**
     * The state of every partition: {@code [leader, leaderEpoch, partitionEpoch, [isr]]}, and behind that an object with
     * {@code elr}, {@code known} (the last known ELR), {@code recovering}, {@code original} and {@code target} where there is any of
     * these. Written in format 1 as long as no partition has such an object.
     */
    static byte[] partitions(TopicImage topic) {
        StringBuilder states = new StringBuilder(16 * topic.partitionCount());
        boolean plain = true;
        for (PartitionImage partition : topic.partitions()) {
            states.append(states.isEmpty() ? "[" : ",[")
                    .append(partition.leader())
                    .append(',')
                    .append(partition.leaderEpoch())
                    .append(',')
                    .append(partition.partitionEpoch())
                    .append(',');
            Json.numbers(states, partition.isr());
            if (!partition.eligibility().isNone() || partition.reassignment().isUnderWay()) {
                plain = false;
                unusual(states.append(','), partition);
            }
            states.append(']');
        }
        StringBuilder json = begin(plain ? FORMAT : PARTITIONS_FORMAT);
        return end(json.append(",\"states\":[").append(states).append(']'));
    }

    private static void unusual(StringBuilder json, PartitionImage partition) {
        int start = json.length();
        Eligibility eligibility = partition.eligibility();
        member(json, "elr", eligibility.elr());
        member(json, "known", eligibility.lastKnownElr());
        if (eligibility.recovering()) {
            json.append(",\"recovering\":1");
        }
        member(json, "original", partition.reassignment().original());
        member(json, "target", partition.reassignment().target());
        json.setCharAt(start, '{');
        json.append('}');
    }

    private static void member(StringBuilder json, String name, BrokerIds ids) {
        if (!ids.isEmpty()) {
            Json.numbers(json.append(",\"").append(name).append("\":"), ids);
        }
    }

    static TopicImage topic(UUID id, byte[] topicBytes, byte[] partitionBytes) {
        Map<?, ?> topic = read(topicBytes);
        List<?> replicas = list(topic.get("replicas"));
        List<?> states = list(read(partitionBytes, PARTITIONS_FORMAT).get("states"));
        if (replicas.size() != states.size()) {
            throw new IllegalArgumentException("topic " + id + " has " + replicas.size() + " assignments and "
                    + states.size() + " partition states");
        }
        List<PartitionImage> partitions = new ArrayList<>(states.size());
        Map<BrokerIds, BrokerIds> shared = new HashMap<>(); // thousands of partitions have a few distinct lists
        for (int i = 0; i < states.size(); i++) {
            List<?> state = list(states.get(i));
            Map<?, ?> unusual = state.size() > 4 && state.get(4) instanceof Map<?, ?> map ? map : Map.of();
            partitions.add(new PartitionImage(
                    number(state.get(0)),
                    number(state.get(1)),
                    ids(replicas.get(i), shared),
                    ids(state.get(3), shared),
                    number(state.get(2)),
                    eligibility(unusual, shared),
                    reassignment(unusual, shared)));
        }
        return new TopicImage(id, text(topic.get("name")), stringMap(topic.get("configs")), partitions);
    }

    private static Eligibility eligibility(Map<?, ?> unusual, Map<BrokerIds, BrokerIds> shared) {
        Eligibility found = new Eligibility(
                member(unusual, "elr", shared), member(unusual, "known", shared), unusual.containsKey("recovering"));
        return found.isNone() ? Eligibility.NONE : found;
    }

    private static Reassignment reassignment(Map<?, ?> unusual, Map<BrokerIds, BrokerIds> shared) {
        Reassignment found = new Reassignment(member(unusual, "original", shared), member(unusual, "target", shared));
        return found.isUnderWay() ? found : Reassignment.NONE;
    }

    private static BrokerIds member(Map<?, ?> map, String name, Map<BrokerIds, BrokerIds> shared) {
        Object value = map.get(name);
        return value == null ? BrokerIds.of() : ids(value, shared);
    }

    static byte[] configs(Map<String, String> configs) {
        StringBuilder json = begin().append(",\"configs\":");
        Json.strings(json, configs);
        return end(json);
    }

    static Map<String, String> configs(byte[] bytes) {
        return stringMap(read(bytes).get("configs"));
    }

    static byte[] producerIds(long next) {
        return end(begin().append(",\"next\":").append(next));
    }

    static long producerIds(byte[] bytes) {
        return read(bytes).get("next") instanceof Long next ? next : 0;
    }

    static byte[] plain(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String plain(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static StringBuilder begin() {
        return begin(FORMAT);
    }

    private static StringBuilder begin(int format) {
        return new StringBuilder(128).append("{\"v\":").append(format);
    }

    private static byte[] end(StringBuilder json) {
        return json.append('}').toString().getBytes(StandardCharsets.UTF_8);
    }

    private static Map<?, ?> read(byte[] bytes) {
        return read(bytes, FORMAT);
    }

    private static Map<?, ?> read(byte[] bytes, int newest) {
        if (!(Json.parse(bytes) instanceof Map<?, ?> map)) {
            throw new IllegalArgumentException("not a JSON object");
        }
        int format = number(map.get("v"));
        if (format > newest) {
            throw new IllegalArgumentException(
                    "written in format " + format + " by a newer Sluice; this one reads up to " + newest);
        }
        return map;
    }

    private static BrokerIds ids(Object value, Map<BrokerIds, BrokerIds> shared) {
        List<?> list = list(value);
        int[] ids = new int[list.size()];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = number(list.get(i));
        }
        return shared.computeIfAbsent(BrokerIds.of(ids), own -> own);
    }

    private static Map<String, String> stringMap(@Nullable Object value) {
        Map<String, String> result = new HashMap<>();
        if (value instanceof Map<?, ?> map) {
            map.forEach((key, each) -> result.put(text(key), text(each)));
        }
        return result;
    }

    private static List<?> list(@Nullable Object value) {
        if (value instanceof List<?> list) {
            return list;
        }
        throw new IllegalArgumentException("a list is missing");
    }

    private static String text(@Nullable Object value) {
        if (value instanceof String text) {
            return text;
        }
        throw new IllegalArgumentException("a text is missing");
    }

    private static int number(@Nullable Object value) {
        if (value instanceof Long number) {
            return Math.toIntExact(number);
        }
        throw new IllegalArgumentException("a number is missing");
    }
}
