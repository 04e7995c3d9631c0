package io.sluice.engine.group;

import io.sluice.engine.group.GroupRecord.ClassicSnapshot;
import java.util.List;
import java.util.Optional;

/**
 * Value of a classic group's record (Kafka's GroupMetadataValue). Version 3 is written; version 4 is the same with
 * compact lengths and tagged fields.
 *
 * <pre>
 *   [string protocol type][int32 generation][nullable string protocol][nullable string leader]
 *   [int64 state time, from version 2][int32 count] members:
 *     [string member][nullable string instance, from version 3][string client id][string client host]
 *     [int32 rebalance timeout, from version 1][int32 session timeout][bytes subscription][bytes assignment]
 * </pre>
 */
final class ClassicValueCodec {
    private static final int WRITTEN = 3;
    private static final int FLEXIBLE = 4;

    private ClassicValueCodec() {}

    static Bytes encode(ClassicSnapshot value) {
        FieldWriter fields = new FieldWriter()
                .int16(WRITTEN)
                .string(value.protocolType())
                .int32(value.generation())
                .nullableString(value.protocol())
                .nullableString(value.leader())
                .int64(value.stateTimestampMs())
                .int32(value.members().size());
        for (ClassicSnapshot.Member member : value.members()) {
            fields.string(member.memberId())
                    .nullableString(member.instanceId())
                    .string(member.client().id())
                    .string(member.client().host())
                    .int32(member.timeouts().rebalanceMs())
                    .int32(member.timeouts().sessionMs())
                    .bytes(member.subscription())
                    .bytes(member.assignment());
        }
        return fields.toBytes();
    }

    static ClassicSnapshot decode(FieldReader fields) {
        int version = GroupRecordCodec.version(fields, FLEXIBLE, "a classic group");
        boolean flexible = version >= FLEXIBLE;
        String protocolType = text(fields, flexible);
        int generation = fields.int32();
        Optional<String> protocol = nullableText(fields, flexible);
        Optional<String> leader = nullableText(fields, flexible);
        long stateMs = version >= 2 ? fields.int64() : -1;
        List<ClassicSnapshot.Member> members = flexible
                ? fields.compactArray(element -> member(element, version))
                : fields.array(element -> member(element, version));
        if (flexible) {
            fields.skipTags();
        }
        return new ClassicSnapshot(protocolType, generation, protocol, leader, stateMs, members);
    }

    private static ClassicSnapshot.Member member(FieldReader fields, int version) {
        boolean flexible = version >= FLEXIBLE;
        String memberId = text(fields, flexible);
        Optional<String> instanceId = version >= 3 ? nullableText(fields, flexible) : Optional.empty();
        Client client = new Client(text(fields, flexible), text(fields, flexible));
        int rebalanceMs = version >= 1 ? fields.int32() : -1;
        int sessionMs = fields.int32();
        Bytes subscription = flexible ? fields.compactBytes() : fields.bytes();
        Bytes assignment = flexible ? fields.compactBytes() : fields.bytes();
        if (flexible) {
            fields.skipTags();
        }
        JoinGroup.Timeouts timeouts = new JoinGroup.Timeouts(sessionMs, rebalanceMs < 0 ? sessionMs : rebalanceMs);
        return new ClassicSnapshot.Member(memberId, instanceId, client, timeouts, subscription, assignment);
    }

    private static String text(FieldReader fields, boolean flexible) {
        return flexible ? fields.compactString() : fields.string();
    }

    private static Optional<String> nullableText(FieldReader fields, boolean flexible) {
        return flexible ? fields.compactNullableString() : fields.nullableString();
    }
}
