package io.sluice.engine.group;

import java.util.OptionalLong;
import java.util.UUID;

/**
 * Value of an offset record (Kafka's OffsetCommitValue).
 *
 * <pre>
 *   version 0, 2  [int64 offset][string metadata][int64 commit time]
 *   version 1     [int64 offset][string metadata][int64 commit time][int64 expire time]
 *   version 3     [int64 offset][int32 leader epoch][string metadata][int64 commit time]
 *   version 4     [int64 offset][int32 leader epoch][compact string metadata][int64 commit time]
 *                 [tagged fields: 0 = uuid topic id]
 * </pre>
 *
 * <p>Version 1 is written when the client asked for a retention of its own, else version 4.
 */
final class OffsetValueCodec {
    private static final int WITH_EXPIRY = 1;
    private static final int WITH_LEADER_EPOCH = 3;
    private static final int FLEXIBLE = 4;

    private OffsetValueCodec() {}

    static Bytes encode(CommittedOffset value) {
        FieldWriter fields = new FieldWriter();
        if (value.expireTimestampMs().isPresent()) {
            return fields.int16(WITH_EXPIRY)
                    .int64(value.offset())
                    .string(value.metadata())
                    .int64(value.commitTimestampMs())
                    .int64(value.expireTimestampMs().getAsLong())
                    .toBytes();
        }
        fields.int16(FLEXIBLE)
                .int64(value.offset())
                .int32(value.leaderEpoch())
                .compactString(value.metadata())
                .int64(value.commitTimestampMs());
        if (value.topicId().equals(CommittedOffset.NO_TOPIC_ID)) {
            fields.noTags();
        } else {
            fields.tagZero(new FieldWriter().uuid(value.topicId()));
        }
        return fields.toBytes();
    }

    static CommittedOffset decode(FieldReader fields) {
        int version = GroupRecordCodec.version(fields, FLEXIBLE, "a committed offset");
        long offset = fields.int64();
        int leaderEpoch = version >= WITH_LEADER_EPOCH ? fields.int32() : -1;
        String metadata = version >= FLEXIBLE ? fields.compactString() : fields.string();
        long commitMs = fields.int64();
        OptionalLong expireMs = OptionalLong.empty();
        if (version == WITH_EXPIRY) {
            long at = fields.int64();
            expireMs = at < 0 ? OptionalLong.empty() : OptionalLong.of(at);
        }
        UUID topicId = version >= FLEXIBLE
                ? fields.tagZero(FieldReader::uuid).orElse(CommittedOffset.NO_TOPIC_ID)
                : CommittedOffset.NO_TOPIC_ID;
        return new CommittedOffset(offset, leaderEpoch, metadata, commitMs, expireMs, topicId);
    }
}
