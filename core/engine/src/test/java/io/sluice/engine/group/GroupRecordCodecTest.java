package io.sluice.engine.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.base.TopicPartition;
import io.sluice.engine.group.GroupRecord.ClassicProfile;
import io.sluice.engine.group.GroupRecord.ClassicSnapshot;
import io.sluice.engine.group.GroupRecord.GroupEpoch;
import io.sluice.engine.group.GroupRecord.MemberProfile;
import io.sluice.engine.group.GroupRecord.ResolvedRegex;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class GroupRecordCodecTest {
    @Property(tries = 2_000)
    void recordIsReadBackAsWritten(@ForAll("records") GroupRecord record) {
        CoordinatorRecord encoded = GroupRecordCodec.encode(record);

        Optional<GroupRecord> read = GroupRecordCodec.decode(
                encoded.key().buffer(), encoded.value().map(Bytes::buffer).orElse(null));

        assertThat(read).contains(record);
    }

    @Property(tries = 2_000)
    void tornRecordIsRefusedWithoutHarm(@ForAll("records") GroupRecord record, @ForAll byte noise, @ForAll int at) {
        CoordinatorRecord encoded = GroupRecordCodec.encode(record);
        byte[] value =
                encoded.value().map(Bytes::array).orElse(new byte[] {0, 0}).clone();
        int index = Math.floorMod(at, value.length);
        value[index] = noise;

        decodesOrRefuses(encoded.key().buffer(), ByteBuffer.wrap(value));
        decodesOrRefuses(encoded.key().buffer(), ByteBuffer.wrap(value, 0, index));
    }

    @Property(tries = 2_000)
    void noiseIsRefusedWithoutHarm(@ForAll byte[] key, @ForAll byte[] value) {
        decodesOrRefuses(ByteBuffer.wrap(key), ByteBuffer.wrap(value));
    }

    private static void decodesOrRefuses(ByteBuffer key, ByteBuffer value) {
        try {
            assertThat(GroupRecordCodec.decode(key, value)).isNotNull();
        } catch (MalformedRecordException refused) {
            assertThat(refused.getMessage()).isNotEmpty();
        }
    }

    @Provide
    Arbitrary<GroupRecord> records() {
        return Arbitraries.oneOf(
                Combinators.combine(names(), partitions(), offsets().optional()).as(GroupRecord.Offset::new),
                Combinators.combine(names(), snapshots().optional()).as(GroupRecord.Classic::new),
                Combinators.combine(names(), groupEpochs().optional()).as(GroupRecord.Epoch::new),
                Combinators.combine(names(), names(), profiles().optional()).as(GroupRecord.Member::new),
                Combinators.combine(names(), epochs())
                        .as((group, epoch) -> (GroupRecord) new GroupRecord.TargetEpoch(group, OptionalInt.of(epoch))),
                Combinators.combine(names(), names(), assignments().optional()).as(GroupRecord.Target::new),
                Combinators.combine(names(), names(), holdings().optional()).as(GroupRecord.Current::new),
                Combinators.combine(names(), names(), regexes().optional()).as(GroupRecord.Regex::new));
    }

    private static Arbitrary<String> names() {
        return Arbitraries.strings().ofMaxLength(20);
    }

    private static Arbitrary<Integer> epochs() {
        return Arbitraries.integers().between(0, 1_000);
    }

    private static Arbitrary<Bytes> blobs() {
        return Arbitraries.bytes().array(byte[].class).ofMaxSize(30).map(Bytes::of);
    }

    private static Arbitrary<Client> clients() {
        return Combinators.combine(names(), names()).as(Client::new);
    }

    private static Arbitrary<TopicPartition> partitions() {
        return Combinators.combine(names(), Arbitraries.integers().between(0, 10_000))
                .as(TopicPartition::new);
    }

    private static Arbitrary<UUID> ids() {
        return Combinators.combine(Arbitraries.longs(), Arbitraries.longs()).as(UUID::new);
    }

    private static Arbitrary<CommittedOffset> offsets() {
        Arbitrary<CommittedOffset> own = Combinators.combine(
                        Arbitraries.longs(),
                        names(),
                        Arbitraries.longs(),
                        Arbitraries.longs().greaterOrEqual(0))
                .as((offset, note, at, expires) -> new CommittedOffset(
                        offset, -1, note, at, OptionalLong.of(expires), CommittedOffset.NO_TOPIC_ID));
        Arbitrary<CommittedOffset> usual = Combinators.combine(
                        Arbitraries.longs(), Arbitraries.integers(), names(), Arbitraries.longs(), ids())
                .as((offset, epoch, note, at, id) ->
                        new CommittedOffset(offset, epoch, note, at, OptionalLong.empty(), id));
        return Arbitraries.oneOf(own, usual);
    }

    private static Arbitrary<ClassicSnapshot> snapshots() {
        Arbitrary<JoinGroup.Timeouts> timeouts =
                Combinators.combine(epochs(), epochs()).as(JoinGroup.Timeouts::new);
        Arbitrary<ClassicSnapshot.Member> members = Combinators.combine(
                        names(), names().optional(), clients(), timeouts, blobs(), blobs())
                .as(ClassicSnapshot.Member::new);
        return Combinators.combine(
                        names(),
                        epochs(),
                        names().optional(),
                        names().optional(),
                        Arbitraries.longs(),
                        members.list().ofMaxSize(4))
                .as(ClassicSnapshot::new);
    }

    private static Arbitrary<GroupEpoch> groupEpochs() {
        return Combinators.combine(epochs(), Arbitraries.longs()).as(GroupEpoch::new);
    }

    private static Arbitrary<MemberProfile> profiles() {
        Arbitrary<ClassicProfile> classic = Combinators.combine(
                        epochs(),
                        Combinators.combine(names(), blobs())
                                .as(JoinGroup.Protocol::new)
                                .list()
                                .ofMaxSize(3))
                .as(ClassicProfile::new);
        return Combinators.combine(
                        names().optional(),
                        names().optional(),
                        clients(),
                        names().set().ofMaxSize(4),
                        names().optional(),
                        epochs(),
                        names().optional(),
                        classic.optional())
                .as(MemberProfile::new);
    }

    private static Arbitrary<Assignment> assignments() {
        return Combinators.combine(ids(), Arbitraries.integers().between(0, 100))
                .as((id, partition) -> Assignment.of(id, partition, partition + 1))
                .list()
                .ofMaxSize(5)
                .map(parts -> parts.stream().reduce(Assignment.NONE, Assignment::plus));
    }

    private static Arbitrary<Holding> holdings() {
        return Combinators.combine(assignments(), assignments(), epochs(), epochs())
                .as((assigned, revoking, first, second) -> Holding.NOTHING
                        .next(first, Holding.State.STABLE, assigned, Assignment.NONE)
                        .next(second, Holding.State.UNREVOKED, assigned, revoking.minus(assigned)));
    }

    private static Arbitrary<ResolvedRegex> regexes() {
        return Combinators.combine(names().set().ofMaxSize(4), Arbitraries.longs(), Arbitraries.longs())
                .as(ResolvedRegex::new);
    }
}
