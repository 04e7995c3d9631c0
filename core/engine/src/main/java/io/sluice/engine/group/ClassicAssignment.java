package io.sluice.engine.group;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * What a consumer of the classic protocol is given in SyncGroup (Kafka's ConsumerProtocolAssignment). Opaque while the
 * group is classic; read and written here when the group is, or becomes, a consumer group.
 *
 * <pre>
 *   [int16 version][int32 count]{[string topic][int32 count]{[int32 partition]}*}*[nullable bytes user data]
 * </pre>
 */
final class ClassicAssignment {
    private static final int VERSION_MAX = 3;

    private ClassicAssignment() {}

    /** Topics that are gone are left out. {@code version} is that of the member's subscription. */
    static Bytes encode(Assignment assignment, int version, TopicView topics) {
        List<TopicInfo> known = assignment.topicIds().stream()
                .flatMap(id -> topics.find(id).stream())
                .toList();
        FieldWriter fields = new FieldWriter()
                .int16(Math.min(VERSION_MAX, Math.max(0, version)))
                .int32(known.size());
        for (TopicInfo topic : known) {
            List<Integer> partitions = assignment.partitions(topic.id());
            fields.string(topic.name()).int32(partitions.size());
            partitions.forEach(fields::int32);
        }
        return fields.int32(-1).toBytes();
    }

    /** Empty when the bytes are something else. No bytes at all are no partitions. */
    static Optional<Assignment> parse(Bytes bytes, TopicView topics) {
        if (bytes.isEmpty()) {
            return Optional.of(Assignment.NONE);
        }
        try {
            FieldReader fields = new FieldReader(bytes.buffer());
            fields.int16();
            Assignment.Builder builder = Assignment.builder();
            fields.array(element -> {
                Optional<UUID> id = topics.find(element.string()).map(TopicInfo::id);
                List<Integer> partitions = element.array(FieldReader::int32);
                id.ifPresent(topicId -> partitions.forEach(partition -> builder.add(topicId, partition)));
                return true;
            });
            return Optional.of(builder.build());
        } catch (MalformedRecordException notAnAssignment) {
            return Optional.empty();
        }
    }
}
