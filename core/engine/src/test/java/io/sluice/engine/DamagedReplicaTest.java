package io.sluice.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.log.MemoryDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A broker that comes back with less than it had acknowledged. What a controller makes of it is in core/cluster. */
class DamagedReplicaTest {
    private static final String TOPIC = "t";
    private static final int RECORDS = 20;

    private final EngineCluster cluster = new EngineCluster(Map.of("replica.lag.time.max.ms", "10000"), 1, 2, 3);

    /** Several segments of committed records, flushed and checkpointed on broker 2. */
    private void fill() {
        cluster.controller.createTopic(TOPIC, 1, Map.of("segment.bytes", "1024", "min.insync.replicas", "2"), 1, 2, 3);
        cluster.advanceMs(100);
        cluster.keepStore(2);
        for (int i = 0; i < RECORDS; i++) {
            assertThat(cluster.append(1, TOPIC, 0, false, "x".repeat(300))).isEmpty();
            cluster.advanceMs(10);
        }
        cluster.advanceMs(200_000);
        assertThat(cluster.partition(2, TOPIC, 0).highWatermark()).isEqualTo(RECORDS);
    }

    private List<Integer> isr() {
        return cluster.controller.state(TOPIC, 0).isr();
    }

    /** Broker 2 dies; the others go on. */
    private MemoryDisk kill() {
        MemoryDisk disk = cluster.kill(2);
        cluster.controller.lose(2);
        cluster.controller.inSync(TOPIC, 0, 1, 3);
        cluster.advanceMs(100);
        return disk;
    }

    private List<Path> segments(MemoryDisk disk) {
        Path folder = cluster.partition(2, TOPIC, 0).log().path();
        return disk.files().stream()
                .filter(each -> each.startsWith(folder) && each.toString().endsWith(".log"))
                .toList();
    }

    private static void halve(MemoryDisk disk, Path file) throws IOException {
        byte[] bytes = disk.bytes(file);
        disk.rot(file, Arrays.copyOf(bytes, bytes.length / 2));
    }

    @Test
    void r14ReplicaThatLostNothingProvesItAndComesBackInSync() {
        fill();
        long epoch = cluster.engine(2).image().broker(2).orElseThrow().epoch();
        cluster.start(2, kill());
        assertThat(cluster.proven(2)).hasValue(epoch);
        cluster.advanceMs(2_000);
        assertThat(isr()).containsExactlyInAnyOrder(1, 2, 3);
    }

    @Test
    void r15ReplicaWithADamagedMiddleSegmentProvesNothingAndIsFetchedAnew() throws Exception {
        fill();
        MemoryDisk disk = kill();
        List<Path> segments = segments(disk);
        assertThat(segments).hasSizeGreaterThan(3);
        halve(disk, segments.get(segments.size() / 2));
        cluster.links.cut(1, 2);
        cluster.start(2, disk);
        assertThat(cluster.proven(2))
                .as("so the controller takes it out of both sets")
                .isEmpty();
        cluster.advanceMs(20_000);
        assertThat(isr()).as("it had the end of the log, and a hole before").containsExactly(1, 3);
        assertThat(cluster.controller.state(TOPIC, 0).leaderEpoch())
                .as("nobody was told of the damaged log, so nobody needs to forget it")
                .isEqualTo(0);

        cluster.links.heal();
        cluster.advanceMs(2_000);

        assertThat(isr()).containsExactlyInAnyOrder(1, 2, 3);
        assertThat(cluster.bytes(2, TOPIC, 0)).isEqualTo(cluster.bytes(1, TOPIC, 0));
        assertThat(disk.files())
                .as("what was left of it is kept")
                .anyMatch(file -> file.getParent().toString().endsWith(".damaged"));
    }

    /** Has a reader meet a damaged batch of a running broker, as a scrub or a look-up does. */
    private void damageWhileRunning(int broker) throws IOException {
        Path folder = cluster.partition(broker, TOPIC, 0).log().path();
        MemoryDisk disk = cluster.disk(broker);
        for (Path file : disk.files()) {
            if (file.startsWith(folder) && file.toString().endsWith(".log")) {
                disk.rot(file, new byte[disk.bytes(file).length]);
            }
        }
        assertThatThrownBy(() -> cluster.values(broker, TOPIC, 0)).isNotNull();
    }

    @Test
    void s2LeaderWhoseLogIsFoundDamagedResignsAndIsBegunAnew() throws Exception {
        fill();
        damageWhileRunning(1);
        cluster.advanceMs(100);
        assertThat(cluster.controller.state(TOPIC, 0).leader()).isNotEqualTo(1);
        int leader = cluster.controller.state(TOPIC, 0).leader();

        List<String> outcome = cluster.append(leader, TOPIC, 0, true, "goes on");
        cluster.advanceMs(5_000);

        assertThat(outcome).containsExactly("at " + RECORDS);
        assertThat(isr()).containsExactlyInAnyOrder(1, 2, 3);
        assertThat(cluster.bytes(1, TOPIC, 0)).isEqualTo(cluster.bytes(leader, TOPIC, 0));
    }

    @Test
    void r4FollowerWhoseLogIsFoundDamagedIsNotTakenForCaughtUpByWhatItToldBefore() throws Exception {
        fill();
        cluster.controller.holdImages(1); // the leader is slow to hear of it
        damageWhileRunning(2);
        cluster.advanceMs(1_000);
        assertThat(isr()).as("out until it has everything again").containsExactly(1, 3);
        assertThat(cluster.controller.state(TOPIC, 0).leaderEpoch()).isEqualTo(1);

        cluster.controller.reconnect(1);
        cluster.advanceMs(5_000);

        assertThat(isr()).containsExactlyInAnyOrder(1, 2, 3);
        assertThat(cluster.bytes(2, TOPIC, 0)).isEqualTo(cluster.bytes(1, TOPIC, 0));
    }

    @Test
    void s2DamagedLogStaysAsItIsWhileNobodyElseCanLead() throws Exception {
        fill();
        cluster.controller.inSync(TOPIC, 0, 1);
        cluster.links.cut(1, 2);
        cluster.links.cut(1, 3);
        damageWhileRunning(1);
        cluster.advanceMs(60_000);
        assertThat(cluster.controller.state(TOPIC, 0).leader()).isEqualTo(1);
        assertThat(cluster.partition(1, TOPIC, 0).log().isDamaged()).isTrue();

        cluster.controller.inSync(TOPIC, 0, 1, 3); // as if it had been in sync all along
        cluster.links.heal();
        cluster.advanceMs(10_000);

        assertThat(cluster.controller.state(TOPIC, 0).leader()).isEqualTo(3);
        assertThat(cluster.partition(1, TOPIC, 0).log().isDamaged()).isFalse();
    }

    @Test
    void r24LeaderWhoseDataFolderFailsHandsOver() {
        fill();
        cluster.disk(1).faults((op, path) -> {
            if (op == MemoryDisk.Op.WRITE) {
                throw new IOException("Input/output error");
            }
        });
        List<String> outcome = cluster.append(1, TOPIC, 0, true, "is lost");
        cluster.advanceMs(1_000);
        assertThat(outcome).hasSize(1).doesNotContain("at " + RECORDS);
        int leader = cluster.controller.state(TOPIC, 0).leader();
        assertThat(leader).isNotEqualTo(1);
        assertThat(isr()).containsExactlyInAnyOrder(2, 3);

        List<String> next = cluster.append(leader, TOPIC, 0, true, "goes on");
        cluster.advanceMs(60_000);

        assertThat(next).containsExactly("at " + RECORDS);
        assertThat(isr()).as("until the disk is replaced").containsExactlyInAnyOrder(2, 3);
    }

    @Test
    void damagedReplicaThatIsMovedAwayMeanwhileIsRemoved() throws Exception {
        fill();
        cluster.controller.mood(HandMadeController.Mood.AWAY);
        damageWhileRunning(2);
        cluster.advanceMs(1_000);
        cluster.controller.assign(TOPIC, 0, 1, 3);
        cluster.controller.inSync(TOPIC, 0, 1, 3);
        cluster.controller.mood(HandMadeController.Mood.ANSWERS);
        cluster.advanceMs(200_000);

        assertThat(cluster.disk(2).files()).noneMatch(file -> file.toString().endsWith(".log"));
    }

    @Test
    void r15ReplicaWhoseLastSegmentsAreGoneComesBackOnceItHasThemAgain() throws Exception {
        fill();
        MemoryDisk disk = kill();
        disk.delete(Path.of("/data/recovery-checkpoint")); // so that nobody knows what had been flushed
        List<Path> segments = segments(disk);
        for (Path gone : segments.subList(segments.size() / 2, segments.size())) {
            disk.delete(gone);
        }
        cluster.links.cut(1, 2);
        cluster.start(2, disk);
        assertThat(cluster.partition(2, TOPIC, 0).endOffset()).isLessThan(RECORDS);
        cluster.advanceMs(20_000);
        assertThat(isr()).containsExactly(1, 3);
        cluster.links.heal();
        cluster.advanceMs(2_000);
        assertThat(isr()).containsExactlyInAnyOrder(1, 2, 3);
        assertThat(cluster.bytes(2, TOPIC, 0)).isEqualTo(cluster.bytes(1, TOPIC, 0));
    }
}
