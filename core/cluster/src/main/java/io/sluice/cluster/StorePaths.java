package io.sluice.cluster;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;

/**
 * Where things lie in the coordination store.
 *
 * <pre>
 * /cluster/id              the cluster's id, written once
 * /brokers/ids/N           ephemeral: a live broker's registration; its creation id is the broker epoch
 * /brokers/epochs/N        persistent: the last registration of a broker that a controller took note of (R14)
 * /controller              ephemeral: who is controller
 * /controller_epoch        persistent: grows with every election; its version fences every write of the controller
 * /topics/UUID             name, settings, assignment
 * /partitions/UUID         leader, leader epoch, partition epoch and in-sync replicas of all partitions
 * /config/brokers/N        what was set at run time on a broker; "default": on all
 * /config/groups/NAME      the same for a group; the name percent-escaped
 * /producer_ids            the first producer id that is still free
 * </pre>
 */
final class StorePaths {
    static final String CLUSTER = "/cluster";
    static final String CLUSTER_ID = "/cluster/id";
    static final String BROKERS = "/brokers";
    static final String BROKER_IDS = "/brokers/ids";
    static final String BROKER_EPOCHS = "/brokers/epochs";
    static final String CONTROLLER = "/controller";
    static final String CONTROLLER_EPOCH = "/controller_epoch";
    static final String TOPICS = "/topics";
    static final String PARTITIONS = "/partitions";
    static final String CONFIG = "/config";
    static final String BROKER_CONFIGS = "/config/brokers";
    static final String GROUP_CONFIGS = "/config/groups";
    static final String PRODUCER_IDS = "/producer_ids";

    /** Every persistent parent, parents first. */
    static final List<String> PARENTS = List.of(
            CLUSTER, BROKERS, BROKER_IDS, BROKER_EPOCHS, TOPICS, PARTITIONS, CONFIG, BROKER_CONFIGS, GROUP_CONFIGS);

    private static final String DEFAULT_BROKER = "default";

    private StorePaths() {}

    static String broker(int id) {
        return BROKER_IDS + "/" + id;
    }

    static String brokerEpoch(int id) {
        return BROKER_EPOCHS + "/" + id;
    }

    static String topic(UUID id) {
        return TOPICS + "/" + id;
    }

    static String partitions(UUID topicId) {
        return PARTITIONS + "/" + topicId;
    }

    static String config(ConfigResource resource) {
        return switch (resource.type()) {
            case BROKER -> BROKER_CONFIGS + "/" + (resource.isClusterDefault() ? DEFAULT_BROKER : resource.name());
            case GROUP -> GROUP_CONFIGS + "/" + escape(resource.name());
            case TOPIC -> throw new IllegalArgumentException("a topic's settings lie in the topic's node");
        };
    }

    static ConfigResource brokerResource(String child) {
        return new ConfigResource(ConfigResource.Type.BROKER, child.equals(DEFAULT_BROKER) ? "" : child);
    }

    static ConfigResource groupResource(String child) {
        return ConfigResource.group(unescape(child));
    }

    /** Any text as one legal path element: letters, digits, '-' and '_' stay, every other byte becomes %XX. */
    static String escape(String text) {
        StringBuilder result = new StringBuilder("g-"); // never empty, never "." or ".."
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_') {
                result.append(c);
            } else {
                result.append('%').append(Character.forDigit(c >> 4, 16)).append(Character.forDigit(c & 15, 16));
            }
        }
        return result.toString();
    }

    static String unescape(String element) {
        byte[] bytes = new byte[element.length()];
        int length = 0;
        for (int i = 2; i < element.length(); i++) {
            char c = element.charAt(i);
            if (c == '%') {
                bytes[length++] = (byte) Integer.parseInt(element.substring(i + 1, i + 3), 16);
                i += 2;
            } else {
                bytes[length++] = (byte) c;
            }
        }
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }
}
