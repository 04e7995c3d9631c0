package io.sluice.engine.group;

import io.sluice.engine.group.GroupRecord.ClassicProfile;
import io.sluice.engine.group.GroupRecord.MemberProfile;
import io.sluice.engine.group.JoinGroup.Protocol;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/**
 * Value of a consumer group member's record (Kafka's ConsumerGroupMemberMetadataValue).
 *
 * <pre>
 *   [int16 version = 0][compact nullable string instance][compact nullable string rack]
 *   [compact string client id][compact string client host][compact array of compact string topics]
 *   [compact nullable string expression][int32 rebalance timeout][compact nullable string assignor]
 *   [tagged fields: 0 = a member of the classic protocol:
 *     [int8 0 = null, 1 = there][int32 session timeout]
 *     [compact array of [compact string name][compact bytes metadata][tags]][tags]]
 * </pre>
 */
final class MemberValueCodec {
    private MemberValueCodec() {}

    static Bytes encode(MemberProfile value) {
        FieldWriter fields = new FieldWriter()
                .int16(0)
                .compactNullableString(value.instanceId())
                .compactNullableString(value.rackId())
                .compactString(value.client().id())
                .compactString(value.client().host())
                .compactArray(value.topics(), value.topics().size(), FieldWriter::compactString)
                .compactNullableString(value.regex())
                .int32(value.rebalanceTimeoutMs())
                .compactNullableString(value.assignor());
        return fields.tagZero(classic(value.classic())).toBytes();
    }

    /** Written also when it is null: Kafka takes a missing field for a struct of zeros. */
    private static FieldWriter classic(Optional<ClassicProfile> value) {
        if (value.isEmpty()) {
            return new FieldWriter().int8(0);
        }
        return new FieldWriter()
                .int8(1)
                .int32(value.get().sessionTimeoutMs())
                .compactArray(
                        value.get().protocols(),
                        value.get().protocols().size(),
                        (fields, protocol) -> fields.compactString(protocol.name())
                                .compactBytes(protocol.metadata())
                                .noTags())
                .noTags();
    }

    static MemberProfile decode(FieldReader fields) {
        GroupRecordCodec.version(fields, 0, "a member");
        Optional<String> instanceId = fields.compactNullableString();
        Optional<String> rackId = fields.compactNullableString();
        Client client = new Client(fields.compactString(), fields.compactString());
        List<String> topics = fields.compactArray(FieldReader::compactString);
        Optional<String> regex = fields.compactNullableString();
        int rebalanceMs = fields.int32();
        Optional<String> assignor = fields.compactNullableString();
        Optional<ClassicProfile> classic =
                fields.tagZero(MemberValueCodec::readClassic).flatMap(found -> found);
        return new MemberProfile(
                instanceId, rackId, client, new HashSet<>(topics), regex, rebalanceMs, assignor, classic);
    }

    private static Optional<ClassicProfile> readClassic(FieldReader fields) {
        if (fields.int8() <= 0) {
            return Optional.empty();
        }
        int sessionMs = fields.int32();
        List<Protocol> protocols = fields.compactArray(element -> {
            Protocol protocol = new Protocol(element.compactString(), element.compactBytes());
            element.skipTags();
            return protocol;
        });
        fields.skipTags();
        return Optional.of(new ClassicProfile(sessionMs, protocols));
    }
}
