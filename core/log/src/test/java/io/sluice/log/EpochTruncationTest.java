package io.sluice.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Two logs with different histories, of which one follows the other: the cases of KIP-101 and KIP-279 (R6, R7). */
class EpochTruncationTest {
    private static final Path FOLDER = Path.of("/data");
    private static final LogConfig SMALL = LogConfig.DEFAULTS.withRoll(new LogConfig.Roll(400, Long.MAX_VALUE, 100));

    /** So many records of an epoch; 0 for a leader that wrote nothing. */
    record Term(int epoch, int records) {}

    /**
     * @param name what happened
     * @param follower its history
     * @param leader its history
     * @param common how many records both have
     */
    record Case(String name, List<Term> follower, List<Term> leader, long common) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static List<Term> terms(int... epochsAndRecords) {
        List<Term> terms = new ArrayList<>();
        for (int i = 0; i < epochsAndRecords.length; i += 2) {
            terms.add(new Term(epochsAndRecords[i], epochsAndRecords[i + 1]));
        }
        return terms;
    }

    static Stream<Case> cases() {
        return Stream.of(
                new Case("the follower is behind", terms(1, 3), terms(1, 8), 3),
                new Case("the follower has nothing", terms(), terms(1, 5, 2, 5), 0),
                new Case("the leader has nothing", terms(1, 5), terms(3, 0), 0),
                new Case(
                        "the follower is level, its high watermark was stale (KIP-101 1)", terms(1, 5), terms(1, 5), 5),
                new Case(
                        "both wrote at the same offset after a crash (KIP-101 2)",
                        terms(0, 1, 1, 1),
                        terms(0, 1, 2, 1),
                        1),
                new Case("the old leader wrote on alone", terms(1, 10), terms(1, 6, 2, 2), 6),
                new Case("the follower's leader wrote nothing", terms(1, 6, 2, 0), terms(1, 6, 3, 4), 6),
                new Case("elections without writes", terms(1, 6, 3, 0), terms(1, 6, 2, 0, 4, 0, 5, 3), 6),
                new Case("fast successive failovers (KIP-279)", terms(1, 4, 2, 3), terms(1, 4, 3, 0, 4, 5), 4),
                new Case(
                        "the leader lacks several of the follower's epochs",
                        terms(1, 2, 2, 2, 4, 2, 6, 2),
                        terms(1, 2, 3, 2, 7, 3),
                        2),
                new Case(
                        "the follower lacks several of the leader's epochs",
                        terms(1, 5, 6, 4),
                        terms(1, 5, 2, 1, 3, 1, 7, 1),
                        5),
                new Case(
                        "one is needed after another: the leader answers with an epoch unknown here",
                        terms(1, 3, 4, 5),
                        terms(1, 3, 2, 4, 3, 2, 5, 2),
                        3),
                new Case("nothing in common", terms(1, 4), terms(2, 4), 0),
                new Case("the zombie's epoch has more than the leader", terms(5, 4, 6, 9), terms(5, 4, 7, 2), 4));
    }

    private static void write(PartitionLog log, List<Term> terms) {
        for (Term term : terms) {
            if (term.records == 0) {
                log.beginEpoch(term.epoch);
            }
            for (int i = 0; i < term.records; i++) {
                long offset = log.endOffset();
                log.stage(Batches.of(offset, "epoch-" + term.epoch + "-at-" + offset), term.epoch, 1);
                assertThat(log.write()).isEqualTo(WriteOutcome.WRITTEN);
            }
        }
    }

    /** What a follower does, fetch by fetch, until its leader finds no divergence; returns how often it cut. */
    private static int reconcile(StoreFixture fixture, PartitionLog follower, PartitionLog leader) {
        for (int cuts = 0; ; cuts++) {
            assertThat(cuts).as("it comes to an end").isLessThan(20);
            int epoch = follower.latestEpoch();
            if (follower.endOffset() > leader.endOffset() && epoch < 0) {
                fixture.join(follower.truncateTo(leader.endOffset()));
                continue;
            }
            EpochEnd answer = epoch < 0 ? new EpochEnd(epoch, follower.endOffset()) : leader.endOfEpoch(epoch);
            if (answer.epoch() == epoch && answer.endOffset() >= follower.endOffset()) {
                return cuts;
            }
            long own = follower.endOfEpoch(answer.epoch()).endOffset();
            fixture.join(follower.truncateTo(Math.min(answer.endOffset(), own)));
        }
    }

    private static void copyRest(PartitionLog follower, PartitionLog leader) throws Exception {
        while (follower.endOffset() < leader.endOffset()) {
            try (LogSlice slice = leader.read(follower.endOffset(), 1 << 20, leader.endPosition(), true)) {
                ByteBuffer all = ByteBuffer.allocate(slice.bytes());
                slice.readInto(all, 0);
                for (int at = 0; at < all.position(); ) {
                    int size = BatchHeader.wholeBatchSize(all, at, all.position());
                    ByteBuffer batch = ByteBuffer.allocate(size).put(0, all, at, size);
                    assertThat(follower.stageReplicated(batch, 1)).isInstanceOf(Staged.Ok.class);
                    at += size;
                }
                assertThat(follower.write()).isEqualTo(WriteOutcome.WRITTEN);
            }
        }
    }

    /** The checkpoint knew of an epoch that began further on, among records that were lost; it was not renewed since. */
    @Test
    void r7EpochThatFollowsLostRecordsBeginsWhereItsOwnRecordsDo() throws Exception {
        MemoryDisk disk = new MemoryDisk();
        StoreFixture fixture = StoreFixture.open(disk, FOLDER);
        PartitionLog log = fixture.log(SMALL);
        write(log, terms(1, 2));
        fixture.flush(log);
        write(log, terms(1, 3, 2, 0));
        fixture.join(log.place().parts().checkpoints().request(log));
        fixture.store.close();
        assertThat(log.leaderEpochs()).containsExactly(new EpochStart(1, 0), new EpochStart(2, 5));

        MemoryDisk afterwards = disk.afterPowerLoss(0);
        StoreFixture shorter = StoreFixture.open(afterwards, FOLDER);
        PartitionLog cut = shorter.log(SMALL);
        long end = cut.endOffset();
        assertThat(end).as("records were lost").isLessThan(5);
        write(cut, terms(3, 4));
        shorter.store.close();

        PartitionLog found = StoreFixture.open(afterwards.afterKill(), FOLDER).log(SMALL);
        assertThat(found.endOfEpoch(1)).isEqualTo(new EpochEnd(1, end));
        assertThat(found.endOfEpoch(2)).isEqualTo(new EpochEnd(1, end));
        assertThat(found.latestEpoch()).isEqualTo(3);
    }

    private static List<String> read(PartitionLog log) throws Exception {
        return StoreFixture.readAll(log, log.startOffset(), 300);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void r7FollowerKeepsExactlyWhatIsCommonAndThenFollows(Case given) throws Exception {
        keepsWhatIsCommon(given);
    }

    /** For the planted bugs, which run tests without arguments. */
    @Test
    void r7AllCases() throws Exception {
        for (Case given : cases().toList()) {
            keepsWhatIsCommon(given);
        }
    }

    private static void keepsWhatIsCommon(Case given) throws Exception {
        MemoryDisk disk = new MemoryDisk();
        StoreFixture fixture = StoreFixture.open(disk, FOLDER);
        PartitionLog follower = fixture.log(SMALL);
        PartitionLog leader = StoreFixture.open(new MemoryDisk(), FOLDER).log(SMALL);
        write(follower, given.follower);
        write(leader, given.leader);

        reconcile(fixture, follower, leader);

        assertThat(follower.endOffset()).as(given.name).isEqualTo(given.common);
        copyRest(follower, leader);
        assertThat(read(follower)).as(given.name).isEqualTo(read(leader));
        assertThat(reconcile(fixture, follower, leader))
                .as("nothing is cut again")
                .isZero();
        fixture.store.close();
        PartitionLog found = StoreFixture.open(disk.afterKill(), FOLDER).log(SMALL);
        assertThat(found.leaderEpochs()).as(given.name).isEqualTo(follower.leaderEpochs());
    }

    /** Random histories: each epoch has one leader, which has a prefix of what was written before. */
    @Test
    void r7RandomHistoriesMeetWhereTheyPart() throws Exception {
        for (int seed = 0; seed < 150; seed++) {
            Random random = new Random(seed);
            MemoryDisk disk = new MemoryDisk();
            StoreFixture fixture = StoreFixture.open(disk, FOLDER);
            StoreFixture others = StoreFixture.open(new MemoryDisk(), FOLDER);
            PartitionLog follower = fixture.log(SMALL);
            PartitionLog leader = others.log(SMALL);
            for (int epoch = 1; epoch < 8; epoch++) {
                List<Term> term = terms(epoch, random.nextInt(4));
                PartitionLog writer = random.nextBoolean() ? leader : follower;
                write(writer, term);
                if (random.nextInt(3) == 0) {
                    // The other one hears of it and follows for a while.
                    PartitionLog other = writer == leader ? follower : leader;
                    reconcile(writer == leader ? fixture : others, other, writer);
                    copyRest(other, writer);
                }
                if (random.nextInt(4) == 0) {
                    fixture.store.close();
                    fixture = StoreFixture.open(disk.afterKill(), FOLDER);
                    follower = fixture.log(SMALL);
                }
            }
            write(leader, terms(9, random.nextInt(3)));
            List<String> had = read(follower);
            List<String> wanted = read(leader);
            int common = 0;
            while (common < Math.min(had.size(), wanted.size())
                    && had.get(common).equals(wanted.get(common))) {
                common++;
            }

            reconcile(fixture, follower, leader);

            assertThat(follower.endOffset()).as("seed " + seed).isEqualTo(common);
            copyRest(follower, leader);
            assertThat(read(follower)).as("seed " + seed).isEqualTo(wanted);
        }
    }

    @Test
    void r7EmptyLogKnowsNoEpoch() throws Exception {
        PartitionLog log = StoreFixture.open(new MemoryDisk(), FOLDER).log(SMALL);

        assertThat(log.latestEpoch()).isEqualTo(-1);
        assertThat(log.endOfEpoch(0)).isEqualTo(EpochEnd.UNKNOWN);
        log.beginEpoch(5);
        assertThat(log.latestEpoch()).isEqualTo(5);
        assertThat(log.endOfEpoch(5)).isEqualTo(new EpochEnd(5, 0));
        assertThat(log.endOfEpoch(3)).isEqualTo(new EpochEnd(3, 0));
        assertThat(log.endOfEpoch(9)).isEqualTo(new EpochEnd(5, 0));
    }

    @Test
    void r7LogCutToItsStartKnowsNoEpoch() throws Exception {
        StoreFixture fixture = StoreFixture.open(new MemoryDisk(), FOLDER);
        PartitionLog log = fixture.log(SMALL);
        write(log, terms(1, 10, 2, 10));
        fixture.flush(log);
        fixture.join(log.deleteRecordsBefore(5));

        fixture.join(log.truncateTo(5));

        assertThat(log.startOffset()).isEqualTo(5);
        assertThat(log.endOffset()).isEqualTo(5);
        assertThat(log.latestEpoch()).isEqualTo(-1);
        assertThat(log.endOfEpoch(2)).isEqualTo(EpochEnd.UNKNOWN);
        assertThat(log.stageReplicated(replicated(5, 1), 1)).isEqualTo(new Staged.Ok(5, 5, -1));
        assertThat(log.leaderEpochs()).containsExactly(new EpochStart(1, 5));
    }

    private static ByteBuffer replicated(long offset, int epoch) {
        ByteBuffer batch = Batches.of(1, "value");
        BatchHeader.baseOffset(batch, 0, offset);
        BatchHeader.leaderEpoch(batch, 0, epoch);
        return batch;
    }

    @Test
    void r7EpochsThatRetentionOutlivedEndWhereTheLogBegins() throws Exception {
        StoreFixture fixture = StoreFixture.open(new MemoryDisk(), FOLDER);
        PartitionLog log = fixture.log(SMALL);
        write(log, terms(1, 10, 2, 10, 4, 10));
        fixture.flush(log);
        fixture.join(log.deleteRecordsBefore(15));

        assertThat(log.endOfEpoch(1)).isEqualTo(new EpochEnd(1, 15));
        assertThat(log.endOfEpoch(2)).isEqualTo(new EpochEnd(2, 20));
        assertThat(log.endOfEpoch(3)).isEqualTo(new EpochEnd(2, 20));
        assertThat(log.endOfEpoch(4)).isEqualTo(new EpochEnd(4, 30));
        fixture.join(log.deleteRecordsBefore(30));
        assertThat(log.latestEpoch()).as("of a log with no record left").isEqualTo(4);
        assertThat(log.endOfEpoch(4)).isEqualTo(new EpochEnd(4, 30));
        assertThat(log.endOfEpoch(2)).isEqualTo(new EpochEnd(2, 30));
    }
}
