package io.sluice.engine.group;

import io.sluice.base.TopicPartition;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The records of {@code __consumer_offsets} in Kafka's own formats, so that Kafka's tools read our log and we read
 * Kafka's. A key begins with its kind, a value with its version; a value of null takes back what the key names.
 *
 * <pre>
 *   key    [int16 kind] ...
 *     0, 1   offset               [string group][string topic][int32 partition]
 *     2      classic group        [string group]
 *     3      group epoch          [string group]
 *     5      member               [string group][string member]
 *     6      target epoch         [string group]
 *     7      target assignment    [string group][string member]
 *     8      current assignment   [string group][string member]
 *     16     regular expression   [string group][string expression]
 *   value  [int16 version] ...    see the codec of each value
 * </pre>
 *
 * <p>Kind 4 (a group's topics, before Kafka 4.1) and kinds that this version does not know are passed over. A value of an
 * unknown version is an error: passing over a commit would rewind the group.
 */
final class GroupRecordCodec {
    private static final Logger log = LoggerFactory.getLogger(GroupRecordCodec.class);

    private static final int LEGACY_OFFSET = 0;
    private static final int OFFSET = 1;
    private static final int CLASSIC = 2;
    private static final int EPOCH = 3;
    private static final int MEMBER = 5;
    private static final int TARGET_EPOCH = 6;
    private static final int TARGET = 7;
    private static final int CURRENT = 8;
    private static final int REGEX = 16;

    private GroupRecordCodec() {}

    static CoordinatorRecord encode(GroupRecord record) {
        return new CoordinatorRecord(key(record), value(record));
    }

    private static Bytes key(GroupRecord record) {
        FieldWriter key = new FieldWriter();
        if (record instanceof GroupRecord.Offset offset) {
            TopicPartition partition = offset.partition();
            key.int16(OFFSET).string(offset.groupId()).string(partition.topic()).int32(partition.partition());
        } else if (record instanceof GroupRecord.Classic classic) {
            key.int16(CLASSIC).string(classic.groupId());
        } else if (record instanceof GroupRecord.Epoch epoch) {
            key.int16(EPOCH).string(epoch.groupId());
        } else if (record instanceof GroupRecord.Member member) {
            key.int16(MEMBER).string(member.groupId()).string(member.memberId());
        } else if (record instanceof GroupRecord.TargetEpoch epoch) {
            key.int16(TARGET_EPOCH).string(epoch.groupId());
        } else if (record instanceof GroupRecord.Target target) {
            key.int16(TARGET).string(target.groupId()).string(target.memberId());
        } else if (record instanceof GroupRecord.Current current) {
            key.int16(CURRENT).string(current.groupId()).string(current.memberId());
        } else if (record instanceof GroupRecord.Regex regex) {
            key.int16(REGEX).string(regex.groupId()).string(regex.expression());
        }
        return key.toBytes();
    }

    private static Optional<Bytes> value(GroupRecord record) {
        if (record instanceof GroupRecord.Offset offset) {
            return offset.value().map(OffsetValueCodec::encode);
        } else if (record instanceof GroupRecord.Classic classic) {
            return classic.value().map(ClassicValueCodec::encode);
        } else if (record instanceof GroupRecord.Epoch epoch) {
            return epoch.value().map(ConsumerValueCodec::encodeEpoch);
        } else if (record instanceof GroupRecord.Member member) {
            return member.value().map(MemberValueCodec::encode);
        } else if (record instanceof GroupRecord.TargetEpoch epoch) {
            return epoch.value().isPresent()
                    ? Optional.of(
                            ConsumerValueCodec.encodeTargetEpoch(epoch.value().getAsInt()))
                    : Optional.empty();
        } else if (record instanceof GroupRecord.Target target) {
            return target.value().map(ConsumerValueCodec::encodeTarget);
        } else if (record instanceof GroupRecord.Current current) {
            return current.value().map(ConsumerValueCodec::encodeCurrent);
        } else if (record instanceof GroupRecord.Regex regex) {
            return regex.value().map(ConsumerValueCodec::encodeRegex);
        }
        throw new IllegalArgumentException("no codec for " + record);
    }

    /** Empty for a kind of record that is none of ours. Throws {@link MalformedRecordException} for noise. */
    static Optional<GroupRecord> decode(ByteBuffer key, @Nullable ByteBuffer value) {
        FieldReader fields = new FieldReader(key);
        int kind = fields.int16();
        switch (kind) {
            case LEGACY_OFFSET, OFFSET, CLASSIC, EPOCH, MEMBER, TARGET_EPOCH, TARGET, CURRENT, REGEX -> {
                return Optional.of(decode(kind, fields, Optional.ofNullable(value)));
            }
            default -> {
                log.debug("msg=\"record of a kind that is not used here, passed over\" kind={}", kind);
                return Optional.empty();
            }
        }
    }

    private static GroupRecord decode(int kind, FieldReader key, Optional<ByteBuffer> value) {
        String group = key.string();
        return switch (kind) {
            case LEGACY_OFFSET, OFFSET -> {
                TopicPartition partition = new TopicPartition(key.string(), key.int32());
                yield new GroupRecord.Offset(group, partition, read(value, OffsetValueCodec::decode));
            }
            case CLASSIC -> new GroupRecord.Classic(group, read(value, ClassicValueCodec::decode));
            case EPOCH -> new GroupRecord.Epoch(group, read(value, ConsumerValueCodec::decodeEpoch));
            case MEMBER -> new GroupRecord.Member(group, key.string(), read(value, MemberValueCodec::decode));
            case TARGET_EPOCH -> {
                Optional<Integer> epoch = read(value, ConsumerValueCodec::decodeTargetEpoch);
                yield new GroupRecord.TargetEpoch(
                        group, epoch.isPresent() ? OptionalInt.of(epoch.get()) : OptionalInt.empty());
            }
            case TARGET -> new GroupRecord.Target(group, key.string(), read(value, ConsumerValueCodec::decodeTarget));
            case CURRENT ->
                new GroupRecord.Current(group, key.string(), read(value, ConsumerValueCodec::decodeCurrent));
            case REGEX -> new GroupRecord.Regex(group, key.string(), read(value, ConsumerValueCodec::decodeRegex));
            default -> throw new IllegalArgumentException("no codec for kind " + kind);
        };
    }

    private static <V> Optional<V> read(Optional<ByteBuffer> value, Function<FieldReader, V> decode) {
        return value.map(buffer -> decode.apply(new FieldReader(buffer)));
    }

    static int version(FieldReader fields, int highest, String what) {
        int version = fields.int16();
        if (version < 0 || version > highest) {
            throw new MalformedRecordException(
                    what + " of version " + version + ", known up to " + highest + ": written by a newer broker");
        }
        return version;
    }
}
