package io.sluice.engine.group;

import io.sluice.engine.group.GroupRecord.GroupEpoch;
import io.sluice.engine.group.GroupRecord.ResolvedRegex;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Values of a consumer group's other records, all of version 0.
 *
 * <pre>
 *   group epoch         [int32 epoch][tagged fields: 0 = int64 hash of the topics]
 *   target epoch        [int32 epoch][tags]
 *   target assignment   [compact array of partitions][tags]
 *   current assignment  [int32 epoch][int32 previous epoch][int8 state]
 *                       [compact array of partitions: assigned][compact array of partitions: to be revoked][tags]
 *   regular expression  [compact array of compact string topics][int64 version][int64 time][tags]
 *
 *   partitions          [uuid topic][compact array of int32][tagged fields: 0 = compact array of int32: since epoch]
 * </pre>
 *
 * <p>"Since epoch" is in the current assignment only: per partition the member epoch from which it is the member's.
 */
final class ConsumerValueCodec {
    private ConsumerValueCodec() {}

    static Bytes encodeEpoch(GroupEpoch value) {
        return new FieldWriter()
                .int16(0)
                .int32(value.epoch())
                .tagZero(new FieldWriter().int64(value.metadataHash()))
                .toBytes();
    }

    static GroupEpoch decodeEpoch(FieldReader fields) {
        GroupRecordCodec.version(fields, 0, "a group epoch");
        int epoch = fields.int32();
        return new GroupEpoch(epoch, fields.tagZero(FieldReader::int64).orElse(0L));
    }

    static Bytes encodeTargetEpoch(int epoch) {
        return new FieldWriter().int16(0).int32(epoch).noTags().toBytes();
    }

    static int decodeTargetEpoch(FieldReader fields) {
        GroupRecordCodec.version(fields, 0, "a target epoch");
        return fields.int32();
    }

    static Bytes encodeTarget(Assignment value) {
        FieldWriter fields = new FieldWriter().int16(0);
        partitions(fields, value, new TreeMap<>());
        return fields.noTags().toBytes();
    }

    static Assignment decodeTarget(FieldReader fields) {
        GroupRecordCodec.version(fields, 0, "a target assignment");
        return read(fields, 0, new TreeMap<>());
    }

    static Bytes encodeCurrent(Holding value) {
        FieldWriter fields = new FieldWriter()
                .int16(0)
                .int32(value.epoch())
                .int32(value.previousEpoch())
                .int8(value.state().id());
        partitions(fields, value.assigned(), value.since());
        partitions(fields, value.revoking(), value.since());
        return fields.noTags().toBytes();
    }

    static Holding decodeCurrent(FieldReader fields) {
        GroupRecordCodec.version(fields, 0, "a current assignment");
        int epoch = fields.int32();
        int previousEpoch = fields.int32();
        Holding.State state = Holding.State.of(fields.int8());
        TreeMap<Integer, Assignment.Builder> builders = new TreeMap<>();
        Assignment assigned = read(fields, epoch, builders);
        Assignment revoking = read(fields, epoch, builders);
        TreeMap<Integer, Assignment> since = new TreeMap<>();
        builders.forEach((from, partitions) -> since.put(from, partitions.build()));
        return new Holding(epoch, previousEpoch, state, assigned, revoking, since);
    }

    static Bytes encodeRegex(ResolvedRegex value) {
        return new FieldWriter()
                .int16(0)
                .compactArray(value.topics(), value.topics().size(), FieldWriter::compactString)
                .int64(value.version())
                .int64(value.timestampMs())
                .noTags()
                .toBytes();
    }

    static ResolvedRegex decodeRegex(FieldReader fields) {
        GroupRecordCodec.version(fields, 0, "a regular expression");
        List<String> topics = fields.compactArray(FieldReader::compactString);
        return new ResolvedRegex(new HashSet<>(topics), fields.int64(), fields.int64());
    }

    private static void partitions(FieldWriter fields, Assignment value, SortedMap<Integer, Assignment> since) {
        fields.compactArray(value.topicIds(), value.topicIds().size(), (to, topicId) -> {
            List<Integer> partitions = value.partitions(topicId);
            to.uuid(topicId).compactInts(partitions);
            List<Integer> epochs = epochs(topicId, partitions, since);
            if (epochs.isEmpty()) {
                to.noTags();
            } else {
                to.tagZero(new FieldWriter().compactInts(epochs));
            }
        });
    }

    private static List<Integer> epochs(UUID topicId, List<Integer> partitions, SortedMap<Integer, Assignment> since) {
        List<Integer> epochs = new ArrayList<>();
        for (int partition : partitions) {
            since.forEach((epoch, held) -> {
                if (held.contains(topicId, partition)) {
                    epochs.add(epoch);
                }
            });
        }
        return epochs;
    }

    /** Partitions without an epoch of their own (written by Kafka before 4.3) count from {@code memberEpoch}. */
    private static Assignment read(FieldReader fields, int memberEpoch, TreeMap<Integer, Assignment.Builder> since) {
        Assignment.Builder all = Assignment.builder();
        fields.compactArray(element -> {
            UUID topicId = element.uuid();
            List<Integer> partitions = element.compactInts();
            List<Integer> epochs = element.tagZero(FieldReader::compactInts).orElse(List.of());
            for (int i = 0; i < partitions.size(); i++) {
                all.add(topicId, partitions.get(i));
                int from = i < epochs.size() ? epochs.get(i) : memberEpoch;
                since.computeIfAbsent(from, epoch -> Assignment.builder()).add(topicId, partitions.get(i));
            }
            return topicId;
        });
        return all.build();
    }
}
