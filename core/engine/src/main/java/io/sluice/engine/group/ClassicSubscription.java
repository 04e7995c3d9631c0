package io.sluice.engine.group;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What consumers of the classic protocol say of themselves in JoinGroup (Kafka's ConsumerProtocolSubscription): opaque
 * to the group, read here to know which offsets are in use and to convert groups.
 *
 * <pre>
 *   [int16 version][int32 count]{[string topic]}*[nullable bytes user data]
 *   from version 1  [int32 count]{[string topic][int32 count]{[int32 partition]}*}*  owned partitions
 *   from version 2  [int32 generation]
 *   from version 3  [nullable string rack]
 * </pre>
 *
 * <p>Newer versions only add at the end, so what is known of them is read.
 */
record ClassicSubscription(
        int version, List<String> topics, Map<String, List<Integer>> owned, int generation, Optional<String> rackId) {
    private static final Logger log = LoggerFactory.getLogger(ClassicSubscription.class);

    /** Empty when the bytes are something else, which a client is free to send. */
    static Optional<ClassicSubscription> parse(Bytes metadata) {
        try {
            FieldReader fields = new FieldReader(metadata.buffer());
            int version = fields.int16();
            List<String> topics = fields.array(FieldReader::string);
            fields.nullableBytes();
            Map<String, List<Integer>> owned = new LinkedHashMap<>();
            if (version >= 1) {
                fields.array(element -> {
                    String topic = element.string();
                    owned.put(topic, element.array(FieldReader::int32));
                    return topic;
                });
            }
            int generation = version >= 2 ? fields.int32() : -1;
            Optional<String> rackId = version >= 3 ? fields.nullableString() : Optional.empty();
            return Optional.of(new ClassicSubscription(version, topics, owned, generation, rackId));
        } catch (MalformedRecordException notASubscription) {
            log.debug("msg=\"subscription cannot be read\" reason=\"{}\"", notASubscription.getMessage());
            return Optional.empty();
        }
    }

    /** What the member says that it owns, without topics that are gone. */
    Assignment owned(TopicView view) {
        Assignment.Builder builder = Assignment.builder();
        owned.forEach((name, partitions) -> view.find(name)
                .ifPresent(topic -> partitions.forEach(partition -> builder.add(topic.id(), partition))));
        return builder.build();
    }
}
