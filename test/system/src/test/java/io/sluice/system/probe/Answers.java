package io.sluice.system.probe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.ApiMessage;

/** Answers as JSON, by Kafka's own converters, without what differs from run to run. */
final class Answers {
    private static final Set<String> LEFT_OUT = Set.of("throttleTimeMs", "clusterId", "errorMessage");
    private static final Set<String> TEXTS = Set.of("documentation");
    private static final Set<String> CHANCE =
            Set.of("port", "producerId", "lastTimestamp", "size", "totalBytes", "usableBytes", "logDir");
    private static final Set<String> BYTES = Set.of("metadata", "memberMetadata", "memberAssignment", "assignment");
    private static final Set<String> EPOCHS = Set.of("groupEpoch", "assignmentEpoch", "memberEpoch");
    private static final String UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";

    /** The longest first: one name may begin with another. */
    private final Map<String, String> names =
            new TreeMap<>(Comparator.comparing(String::length).reversed().thenComparing(Comparator.naturalOrder()));

    /** Shows {@code told} wherever {@code name} stands in an answer. */
    void hide(String name, String told) {
        names.put(name, told);
    }

    String told(ApiMessage answer, short version) {
        String converter = answer.getClass().getName() + "JsonConverter";
        try {
            Object json = Class.forName(converter)
                    .getMethod("write", answer.getClass(), short.class)
                    .invoke(null, answer, version);
            return plain((JsonNode) json).toString();
        } catch (ClassNotFoundException | NoSuchMethodException | IllegalAccessException e) {
            throw new IllegalStateException(converter, e);
        } catch (InvocationTargetException e) {
            throw new IllegalStateException(converter, e.getCause());
        }
    }

    private JsonNode plain(JsonNode node) {
        if (node instanceof ObjectNode object) {
            List<String> fields = new ArrayList<>();
            object.fieldNames().forEachRemaining(fields::add);
            for (String field : fields) {
                if (LEFT_OUT.contains(field) || field.equals("configs") && object.has("numPartitions")) {
                    object.remove(field);
                } else {
                    object.set(field, plain(field, object.get(field)));
                }
            }
        } else if (node instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                array.set(i, plain(array.get(i)));
            }
        } else if (node.isTextual()) {
            return TextNode.valueOf(plain(node.textValue()));
        }
        return node;
    }

    private JsonNode plain(String field, JsonNode value) {
        if (CHANCE.contains(field)) {
            return value.asLong(1) < 0 ? value : TextNode.valueOf("(any)");
        }
        if (TEXTS.contains(field)) {
            return value.isNull() ? value : TextNode.valueOf("(text)");
        }
        if (BYTES.contains(field) && (value.isTextual() || value.isBinary())) {
            return TextNode.valueOf(value.asText().isEmpty() ? "" : "(bytes)");
        }
        if (EPOCHS.contains(field)) {
            return value.asInt() > 0 ? TextNode.valueOf("(epoch)") : value;
        }
        if (field.equals("topicId")) {
            return value.textValue().equals(Uuid.ZERO_UUID.toString()) ? value : TextNode.valueOf("(id)");
        }
        return plain(value);
    }

    private String plain(String text) {
        String told = text;
        for (Map.Entry<String, String> name : names.entrySet()) {
            told = told.replace(name.getKey(), name.getValue());
        }
        return told.replaceAll(UUID, "(uuid)").replaceAll("\\b[A-Za-z0-9_-]{22}\\b", "(uuid)");
    }
}
