package io.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ClosedLoopTest {
    private static final short VERSION = 13;
    private static final Topic TOPIC = new Topic("t", Uuid.randomUuid(), 6);

    @Test
    void everyRequestIsSentOnceAndCounted() throws Exception {
        try (FakeBroker broker = FakeBroker.answering(Errors.NONE);
                ClosedLoop loop = loop(broker, 8, 1, new ProduceFrame.Batch(1, 100))) {
            Load load = loop.run(1_000);

            assertThat(load.records()).isEqualTo(1_000);
            assertThat(load.latency().getTotalCount()).isEqualTo(1_000);
            assertThat(broker.requests()).isEqualTo(1_000);
        }
    }

    @Test
    void requestsLargerThanTheSocketBufferGoOutWhole() throws Exception {
        try (FakeBroker broker = FakeBroker.answering(Errors.NONE);
                ClosedLoop loop = loop(broker, 2, 5, new ProduceFrame.Batch(2_000, 1_000))) {
            Load load = loop.run(30);

            assertThat(load.records()).isEqualTo(60_000);
            assertThat(broker.requests()).isEqualTo(30);
        }
    }

    @Test
    void loopCanBeRunAgainOnTheSameConnections() throws Exception {
        try (FakeBroker broker = FakeBroker.answering(Errors.NONE);
                ClosedLoop loop = loop(broker, 3, 2, new ProduceFrame.Batch(1, 100))) {
            loop.run(10);
            loop.run(11);

            assertThat(broker.requests()).isEqualTo(21);
        }
    }

    @Test
    void eachLaneWritesToTheLeaderOfItsPartition() throws Exception {
        try (FakeBroker even = FakeBroker.answering(Errors.NONE);
                FakeBroker odd = FakeBroker.answering(Errors.NONE)) {
            List<InetSocketAddress> leaders =
                    List.of(even.address(), odd.address(), even.address(), even.address(), even.address());

            List<ClosedLoop.Lane> lanes = SmallRequestLoad.lanes(VERSION, TOPIC, leaders);
            try (ClosedLoop loop = new ClosedLoop(VERSION, lanes, 1)) {
                loop.run(SmallRequestLoad.PRODUCERS);
            }

            assertThat(odd.requests()).isEqualTo(13);
            assertThat(even.requests()).isEqualTo(51);
        }
    }

    @Test
    void refusedRequestEndsTheRun() throws Exception {
        try (FakeBroker broker = FakeBroker.answering(Errors.NOT_LEADER_OR_FOLLOWER);
                ClosedLoop loop = loop(broker, 1, 1, new ProduceFrame.Batch(1, 100))) {
            assertThatThrownBy(() -> loop.run(1))
                    .isInstanceOf(BenchException.class)
                    .hasMessageContaining("NOT_LEADER_OR_FOLLOWER");
        }
    }

    private static ClosedLoop loop(FakeBroker broker, int lanes, int inFlight, ProduceFrame.Batch batch)
            throws Exception {
        ProduceFrame frame = ProduceFrame.encode(VERSION, TOPIC, List.of(0), batch);
        List<ClosedLoop.Lane> all = IntStream.range(0, lanes)
                .mapToObj(lane -> new ClosedLoop.Lane(broker.address(), List.of(frame)))
                .toList();
        return new ClosedLoop(VERSION, all, inFlight);
    }
}
