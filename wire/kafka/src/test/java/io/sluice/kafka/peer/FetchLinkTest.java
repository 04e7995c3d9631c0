package io.sluice.kafka.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.base.Loop;
import io.sluice.base.SystemClock;
import io.sluice.cluster.BrokerInfo;
import io.sluice.cluster.Endpoint;
import io.sluice.engine.EpochEndOffset;
import io.sluice.engine.ReadError;
import io.sluice.engine.ReplicaAnswer;
import io.sluice.engine.ReplicaFetch;
import io.sluice.engine.ReplicaFetch.Position;
import io.sluice.engine.ReplicaFetch.Ref;
import io.sluice.engine.ReplicaLink;
import io.sluice.network.NetworkLoops;
import io.sluice.network.PeerConnections;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.FetchableTopicResponse;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FetchLinkTest {
    private static final long TIMEOUT_S = 20;
    private static final UUID TOPIC = new UUID(3, 4);
    private static final UUID OTHER = new UUID(5, 6);
    private static final int FOLLOWER = 7;
    private static final long FOLLOWER_EPOCH = 70;

    private final NetworkLoops loops = NetworkLoops.start(2, SystemClock.INSTANCE);
    private final Loop loop = loops.loops().all().get(1);
    private final PeerConnections connections =
            new PeerConnections(loops, Runnable::run, SystemClock.INSTANCE, 64 << 20);
    private ScriptedLeader leader;
    private ReplicaLink link;

    @BeforeEach
    void open() throws Exception {
        leader = new ScriptedLeader();
        link = open(20_000);
    }

    private ReplicaLink open(long timeoutMs) {
        return new FetchLinks(connections, InterBrokerListener.FIRST, timeoutMs).open(loop, broker("PLAINTEXT"));
    }

    private BrokerInfo broker(String listener) {
        return new BrokerInfo(
                1, 1, List.of(new Endpoint(listener, "PLAINTEXT", "127.0.0.1", leader.port())), Optional.empty());
    }

    @AfterEach
    void close() throws Exception {
        loop.execute(link::close);
        leader.close();
        loops.close();
    }

    private static Position position(UUID topic, int partition, long offset) {
        return new Position(new Ref(topic, partition), 9, offset, 8, 2, 1_000);
    }

    private static ReplicaFetch fetch(List<Position> changed, List<Ref> forgotten) {
        return new ReplicaFetch(FOLLOWER, FOLLOWER_EPOCH, 500, 1, 10_000, changed, forgotten);
    }

    /** The answer with its records copied, since they are valid during the call only. */
    private CompletableFuture<ReplicaAnswer> send(ReplicaLink to, ReplicaFetch request) {
        CompletableFuture<ReplicaAnswer> answer = new CompletableFuture<>();
        loop.execute(() -> to.fetch(request, got -> {
            assertThat(loop.inLoop()).isTrue();
            assertThat(answer.complete(kept(got))).as("answered once").isTrue();
        }));
        return answer;
    }

    private static ReplicaAnswer kept(ReplicaAnswer answer) {
        if (!(answer instanceof ReplicaAnswer.Fetched fetched)) {
            return answer;
        }
        List<ReplicaAnswer.Part> parts = new ArrayList<>();
        for (ReplicaAnswer.Part part : fetched.parts()) {
            ByteBuffer copy = ByteBuffer.allocate(part.records().remaining());
            copy.put(part.records()).flip();
            parts.add(new ReplicaAnswer.Part(
                    part.partition(),
                    part.error(),
                    part.highWatermark(),
                    part.logStartOffset(),
                    part.diverging(),
                    copy));
        }
        return new ReplicaAnswer.Fetched(parts);
    }

    private static ReplicaAnswer get(CompletableFuture<ReplicaAnswer> answer) throws Exception {
        return answer.get(TIMEOUT_S, TimeUnit.SECONDS);
    }

    private static List<ReplicaAnswer.Part> parts(CompletableFuture<ReplicaAnswer> answer) throws Exception {
        ReplicaAnswer got = get(answer);
        assertThat(got).isInstanceOf(ReplicaAnswer.Fetched.class);
        return ((ReplicaAnswer.Fetched) got).parts();
    }

    private static String failure(CompletableFuture<ReplicaAnswer> answer) throws Exception {
        ReplicaAnswer got = get(answer);
        assertThat(got).isInstanceOf(ReplicaAnswer.Failed.class);
        return ((ReplicaAnswer.Failed) got).why();
    }

    private static Uuid wire(UUID id) {
        return new Uuid(id.getMostSignificantBits(), id.getLeastSignificantBits());
    }

    private static FetchResponseData session(int id, FetchableTopicResponse... topics) {
        return new FetchResponseData().setSessionId(id).setResponses(List.of(topics));
    }

    private static FetchableTopicResponse topic(UUID id, PartitionData... partitions) {
        return new FetchableTopicResponse().setTopicId(wire(id)).setPartitions(List.of(partitions));
    }

    /** Names of what a request asks, as topic-partition@offset. */
    private static List<String> asked(FetchRequestData request) {
        List<String> asked = new ArrayList<>();
        request.topics().forEach(topic -> topic.partitions()
                .forEach(partition -> asked.add(topic.topicId().getMostSignificantBits() + "-" + partition.partition()
                        + "@" + partition.fetchOffset())));
        return asked;
    }

    /** A first fetch that is granted a session. */
    private void beginSession(int id, Position... positions) throws Exception {
        CompletableFuture<ReplicaAnswer> answer = send(link, fetch(List.of(positions), List.of()));
        leader.request();
        leader.answer(session(id));
        get(answer);
    }

    @Test
    void requestTellsWhereTheReplicaStands() throws Exception {
        send(link, fetch(List.of(position(TOPIC, 1, 55)), List.of()));
        FetchRequestData request = leader.request();
        assertThat(request.replicaState().replicaId()).isEqualTo(FOLLOWER);
        assertThat(request.replicaState().replicaEpoch()).isEqualTo(FOLLOWER_EPOCH);
        assertThat(request.maxWaitMs()).isEqualTo(500);
        assertThat(request.minBytes()).isEqualTo(1);
        assertThat(request.maxBytes()).isEqualTo(10_000);
        assertThat(request.sessionId()).isZero();
        assertThat(request.sessionEpoch()).isZero();
        FetchRequestData.FetchPartition partition =
                request.topics().get(0).partitions().get(0);
        assertThat(request.topics().get(0).topicId()).isEqualTo(wire(TOPIC));
        assertThat(partition.partition()).isEqualTo(1);
        assertThat(partition.currentLeaderEpoch()).isEqualTo(9);
        assertThat(partition.fetchOffset()).isEqualTo(55);
        assertThat(partition.lastFetchedEpoch()).isEqualTo(8);
        assertThat(partition.logStartOffset()).isEqualTo(2);
        assertThat(partition.partitionMaxBytes()).isEqualTo(1_000);
    }

    @Test
    void answerCarriesRecordsErrorsAndWhereLogsDiverge() throws Exception {
        CompletableFuture<ReplicaAnswer> answer = send(link, fetch(List.of(position(TOPIC, 0, 5)), List.of()));
        byte[] records = new byte[3 << 20];
        new Random(4).nextBytes(records);
        leader.request();
        leader.answer(session(
                11,
                topic(
                        TOPIC,
                        new PartitionData()
                                .setPartitionIndex(0)
                                .setHighWatermark(40)
                                .setLogStartOffset(3)
                                .setRecords(MemoryRecords.readableRecords(ByteBuffer.wrap(records))),
                        new PartitionData()
                                .setPartitionIndex(1)
                                .setErrorCode(Errors.FENCED_LEADER_EPOCH.code())
                                .setHighWatermark(-1)
                                .setLogStartOffset(-1)
                                .setCurrentLeader(new FetchResponseData.LeaderIdAndEpoch()
                                        .setLeaderId(3)
                                        .setLeaderEpoch(10))),
                topic(
                        OTHER,
                        new PartitionData()
                                .setPartitionIndex(2)
                                .setHighWatermark(9)
                                .setAbortedTransactions(List.of(new FetchResponseData.AbortedTransaction()
                                        .setProducerId(1)
                                        .setFirstOffset(2)))
                                .setDivergingEpoch(new FetchResponseData.EpochEndOffset()
                                        .setEpoch(6)
                                        .setEndOffset(77)))));

        List<ReplicaAnswer.Part> parts = parts(answer);
        assertThat(parts).hasSize(3);
        assertThat(parts.get(0).partition()).isEqualTo(new Ref(TOPIC, 0));
        assertThat(parts.get(0).error()).isEmpty();
        assertThat(parts.get(0).highWatermark()).isEqualTo(40);
        assertThat(parts.get(0).logStartOffset()).isEqualTo(3);
        assertThat(parts.get(0).diverging()).isEmpty();
        assertThat(parts.get(0).records()).isEqualTo(ByteBuffer.wrap(records));
        assertThat(parts.get(1).error()).contains(ReadError.FENCED_LEADER_EPOCH);
        assertThat(parts.get(1).records().remaining()).isZero();
        assertThat(parts.get(2).partition()).isEqualTo(new Ref(OTHER, 2));
        assertThat(parts.get(2).diverging()).contains(new EpochEndOffset(6, 77));
    }

    @Test
    void sessionNamesOnlyWhatChanged() throws Exception {
        beginSession(11, position(TOPIC, 0, 5), position(TOPIC, 1, 6), position(OTHER, 0, 7));

        CompletableFuture<ReplicaAnswer> second =
                send(link, fetch(List.of(position(TOPIC, 1, 8)), List.of(new Ref(OTHER, 0))));
        FetchRequestData request = leader.request();
        assertThat(request.sessionId()).isEqualTo(11);
        assertThat(request.sessionEpoch()).isEqualTo(1);
        assertThat(asked(request)).containsExactly("3-1@8");
        assertThat(request.forgottenTopicsData()).hasSize(1);
        assertThat(request.forgottenTopicsData().get(0).topicId()).isEqualTo(wire(OTHER));
        assertThat(request.forgottenTopicsData().get(0).partitions()).containsExactly(0);
        leader.answer(session(11));
        assertThat(parts(second)).isEmpty();

        send(link, fetch(List.of(), List.of()));
        assertThat(leader.request().sessionEpoch()).isEqualTo(2);
    }

    @Test
    void partitionThatLeftAndCameBackIsNotForgotten() throws Exception {
        beginSession(11, position(TOPIC, 0, 5), position(TOPIC, 1, 6));
        send(link, fetch(List.of(position(TOPIC, 1, 6)), List.of(new Ref(TOPIC, 0), new Ref(TOPIC, 1))));
        FetchRequestData request = leader.request();
        assertThat(asked(request)).containsExactly("3-1@6");
        assertThat(request.forgottenTopicsData().get(0).partitions()).containsExactly(0);
    }

    @Test
    void everythingIsNamedWhileTheLeaderGrantsNoSession() throws Exception {
        beginSession(0, position(TOPIC, 0, 5), position(TOPIC, 1, 6), position(OTHER, 0, 7));
        send(link, fetch(List.of(position(TOPIC, 1, 8)), List.of(new Ref(OTHER, 0))));
        FetchRequestData request = leader.request();
        assertThat(request.sessionId()).isZero();
        assertThat(request.sessionEpoch()).isZero();
        assertThat(asked(request)).containsExactly("3-0@5", "3-1@8");
    }

    @Test
    void unknownSessionFailsTheFetchAndTheNextBeginsAnewOnTheSameConnection() throws Exception {
        beginSession(11, position(TOPIC, 0, 5));
        CompletableFuture<ReplicaAnswer> second = send(link, fetch(List.of(), List.of()));
        leader.request();
        leader.answer(new FetchResponseData().setErrorCode(Errors.FETCH_SESSION_ID_NOT_FOUND.code()));
        assertThat(failure(second)).contains("broker 1").contains("FETCH_SESSION_ID_NOT_FOUND");

        send(link, fetch(List.of(position(TOPIC, 1, 6)), List.of()));
        FetchRequestData request = leader.request();
        assertThat(request.sessionId()).isZero();
        assertThat(asked(request)).containsExactly("3-1@6"); // what was asked before is forgotten
    }

    @Test
    void closedConnectionFailsTheFetchAndTheNextConnectsAnew() throws Exception {
        beginSession(11, position(TOPIC, 0, 5));
        CompletableFuture<ReplicaAnswer> second = send(link, fetch(List.of(), List.of()));
        leader.request();
        leader.closeConnection();
        assertThat(failure(second)).contains("closed the connection");

        CompletableFuture<ReplicaAnswer> third = send(link, fetch(List.of(position(TOPIC, 0, 5)), List.of()));
        FetchRequestData request = leader.request();
        assertThat(request.sessionId()).isZero();
        leader.answer(session(12));
        assertThat(parts(third)).isEmpty();
    }

    @Test
    void answerThatDoesNotComeInTimeFailsTheFetch() throws Exception {
        ReplicaLink hasty = open(300);
        CompletableFuture<ReplicaAnswer> answer = send(hasty, fetch(List.of(position(TOPIC, 0, 5)), List.of()));
        leader.request();
        assertThat(failure(answer)).contains("replica.socket.timeout.ms");
        assertThat(leader.isLeft()).isTrue();
    }

    @Test
    void leaderThatIsNotThereFailsTheFetch() throws Exception {
        leader.close();
        assertThat(failure(send(link, fetch(List.of(position(TOPIC, 0, 5)), List.of()))))
                .contains("cannot connect");
    }

    @Test
    void leaderWithoutTheListenerFailsTheFetch() throws Exception {
        ReplicaLink none = new FetchLinks(
                        connections, new InterBrokerListener(Optional.of("INTERNAL"), Optional.empty()), 1_000)
                .open(loop, broker("PLAINTEXT"));
        assertThat(failure(send(none, fetch(List.of(), List.of())))).contains("inter.broker.listener.name");
    }

    @Test
    void answerThatCannotBeReadFailsTheFetch() throws Exception {
        CompletableFuture<ReplicaAnswer> answer = send(link, fetch(List.of(position(TOPIC, 0, 5)), List.of()));
        leader.request();
        leader.answer(new byte[] {0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9, 120});
        assertThat(failure(answer)).contains("cannot be read");
        assertThat(leader.isLeft()).isTrue();
    }

    @Test
    void closedLinkLeavesItsLeaderAndAnswersNothing() throws Exception {
        beginSession(11, position(TOPIC, 0, 5));
        CompletableFuture<ReplicaAnswer> answer = send(link, fetch(List.of(), List.of()));
        leader.request();
        loop.execute(link::close);
        assertThat(leader.isLeft()).isTrue();
        CompletableFuture<Void> later = new CompletableFuture<>();
        loop.execute(() -> loop.execute(() -> later.complete(null)));
        later.get(TIMEOUT_S, TimeUnit.SECONDS);
        assertThat(answer).isNotDone();
    }

    @Test
    void fetchMayBeSentFromWithinAnAnswer() throws Exception {
        CompletableFuture<ReplicaAnswer> second = new CompletableFuture<>();
        ReplicaFetch first = fetch(List.of(position(TOPIC, 0, 5)), List.of());
        loop.execute(() -> link.fetch(
                first, answered -> link.fetch(fetch(List.of(), List.of()), again -> second.complete(kept(again)))));
        leader.request();
        leader.answer(session(11));
        leader.request();
        leader.closeConnection();
        assertThat(failure(second)).contains("closed");
    }
}
