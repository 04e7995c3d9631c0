package io.sluice.kafka.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sluice.base.Loop;
import io.sluice.base.SystemClock;
import io.sluice.cluster.BrokerInfo;
import io.sluice.cluster.Endpoint;
import io.sluice.cluster.PeerException;
import io.sluice.cluster.PeerMessages.Reachability;
import io.sluice.cluster.PeerService;
import io.sluice.kafka.HandlerTable;
import io.sluice.kafka.KafkaFrontEnd;
import io.sluice.kafka.PeerFormat;
import io.sluice.kafka.ServiceGate;
import io.sluice.network.Admission;
import io.sluice.network.ConnectionLimits;
import io.sluice.network.Listener;
import io.sluice.network.NetworkLoops;
import io.sluice.network.PeerConnections;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BrokerMessagesTest {
    private static final long TIMEOUT_S = 20;
    private static final long TIMEOUT_MS = TIMEOUT_S * 1_000;
    private static final int PEER = 2;

    private final NetworkLoops loops = NetworkLoops.start(2, SystemClock.INSTANCE);
    private final Loop control = loops.loops().all().get(1);
    private final PeerConnections connections =
            new PeerConnections(loops, Runnable::run, SystemClock.INSTANCE, 256 << 20);
    private final BrokerMessages messages = new BrokerMessages(connections, InterBrokerListener.FIRST, control);
    private final Service service = new Service();
    private Listener listener;

    /** Keeps each request until the test answers it; what begins with "now" is answered at once with its own bytes. */
    private static final class Service implements PeerService {
        private final Map<String, CompletableFuture<byte[]>> requests = new ConcurrentHashMap<>();
        private final Map<String, Object> connectionOf = new ConcurrentHashMap<>();
        private final List<Object> closed = new ArrayList<>();

        @Override
        public CompletionStage<byte[]> serve(Object connection, byte[] request) {
            if (request.length > 1_000) {
                return CompletableFuture.completedFuture(request);
            }
            String text = new String(request, StandardCharsets.UTF_8);
            connectionOf.put(text, connection);
            return text.startsWith("now")
                    ? CompletableFuture.completedFuture(request)
                    : requests.computeIfAbsent(text, name -> new CompletableFuture<>());
        }

        @Override
        public synchronized void closed(Object connection) {
            closed.add(connection);
        }

        synchronized List<Object> closed() {
            return List.copyOf(closed);
        }

        /** Answers a request that may be yet to come. */
        void answer(String text, byte[] with) {
            requests.computeIfAbsent(text, name -> new CompletableFuture<>()).complete(with);
        }

        CompletableFuture<byte[]> request(String text) {
            await().atMost(TIMEOUT_S, TimeUnit.SECONDS).until(() -> requests.containsKey(text));
            return requests.get(text);
        }
    }

    @BeforeEach
    void listen() throws Exception {
        listener = bind(0);
    }

    private Listener bind(int port) throws Exception {
        Listener bound = Listener.bind(
                "PLAINTEXT",
                new InetSocketAddress("127.0.0.1", port),
                loops,
                new Admission(new ConnectionLimits(100, 100, 600_000, 60_000, 100 << 20, 200 << 20, 100)),
                SystemClock.INSTANCE);
        // The gate stays closed: brokers talk to each other before they serve clients.
        bound.open(new KafkaFrontEnd(new HandlerTable(List.of()), new ServiceGate(), Optional.of(service)));
        return bound;
    }

    @AfterEach
    void stop() {
        messages.close();
        listener.close();
        loops.close();
    }

    private static BrokerInfo broker(int port) {
        return new BrokerInfo(
                PEER, 1, List.of(new Endpoint("PLAINTEXT", "PLAINTEXT", "127.0.0.1", port)), Optional.empty());
    }

    private BrokerInfo peer() {
        return broker(listener.address().getPort());
    }

    private CompletableFuture<byte[]> call(String text, long timeoutMs) {
        return messages.call(peer(), bytes(text), timeoutMs).toCompletableFuture();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] get(CompletionStage<byte[]> answer) throws Exception {
        return answer.toCompletableFuture().get(TIMEOUT_S, TimeUnit.SECONDS);
    }

    private static void assertFails(CompletionStage<byte[]> answer, String why) {
        assertThatThrownBy(() -> get(answer))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOf(PeerException.class)
                .hasMessageContaining("broker " + PEER)
                .hasMessageContaining(why);
    }

    private static void assertSent(CompletionStage<byte[]> answer, boolean sent) {
        assertThatThrownBy(() -> get(answer)).cause().isInstanceOfSatisfying(PeerException.class, failure -> assertThat(
                        failure.mayHaveArrived())
                .isEqualTo(sent));
    }

    @Test
    void answerComesOnTheControlLoop() throws Exception {
        CompletableFuture<Boolean> onControl = new CompletableFuture<>();
        CompletableFuture<byte[]> answer = call("poll", TIMEOUT_MS);
        answer.thenAccept(bytes -> onControl.complete(control.inLoop()));
        service.request("poll").complete(bytes("news"));
        // Not before this: whoever waits for the answer itself may run what depends on it.
        assertThat(onControl.get(TIMEOUT_S, TimeUnit.SECONDS)).isTrue();
        assertThat(get(answer)).isEqualTo(bytes("news"));
    }

    @Test
    void messageIsAnsweredWhileAnEarlierOneWaits() throws Exception {
        CompletableFuture<byte[]> poll = call("poll", TIMEOUT_MS);
        service.request("poll");
        assertThat(get(call("now 1", TIMEOUT_MS))).isEqualTo(bytes("now 1"));
        assertThat(poll).isNotDone();
        assertThat(service.connectionOf.get("now 1")).isSameAs(service.connectionOf.get("poll"));
        service.request("poll").complete(new byte[0]);
        assertThat(get(poll)).isEmpty();
    }

    @Test
    void messagesAndAnswersMayBeLarge() throws Exception {
        byte[] large = new byte[40 << 20];
        new Random(1).nextBytes(large);
        assertThat(get(messages.call(peer(), large, TIMEOUT_MS))).isEqualTo(large);
    }

    @Test
    void messageThatIsTooLargeIsRefusedWithoutBeingSent() {
        assertFails(messages.call(peer(), new byte[PeerFormat.MAX_MESSAGE_BYTES + 1], TIMEOUT_MS), "larger than");
    }

    @Test
    void answerThatIsTooLargeEndsTheConnection() {
        CompletableFuture<byte[]> answer = call("snapshot", TIMEOUT_MS);
        service.request("snapshot").complete(new byte[PeerFormat.MAX_MESSAGE_BYTES + 1]);
        assertFails(answer, "closed");
    }

    @Test
    void moreMessagesThanMayBeInFlightWaitTheirTurn() throws Exception {
        List<CompletableFuture<byte[]>> answers = new ArrayList<>();
        for (int i = 0; i < PeerLine.MAX_IN_FLIGHT + 20; i++) {
            answers.add(call("held " + i, TIMEOUT_MS));
        }
        for (int i = 0; i < answers.size(); i++) {
            service.answer("held " + i, bytes("done " + i));
            assertThat(get(answers.get(i))).isEqualTo(bytes("done " + i));
        }
    }

    @Test
    void moreMessagesThanMayWaitAreRefused() {
        List<CompletableFuture<byte[]>> answers = new ArrayList<>();
        for (int i = 0; i <= PeerLine.MAX_IN_FLIGHT + PeerLine.MAX_WAITING; i++) {
            answers.add(call("held " + i, TIMEOUT_MS));
        }
        assertFails(answers.get(answers.size() - 1), "too many");
        assertThat(answers.get(0)).isNotDone();
    }

    @Test
    void callThatTimesOutFailsAndOthersGoOn() throws Exception {
        CompletableFuture<byte[]> slow = call("slow", 500);
        CompletableFuture<byte[]> poll = call("poll", TIMEOUT_MS);
        service.request("slow");
        get(call("now", TIMEOUT_MS)); // the connection lives
        assertFails(slow, "none within 500 ms");
        service.request("poll").complete(bytes("news"));
        assertThat(get(poll)).isEqualTo(bytes("news"));
        assertThat(service.closed()).isEmpty();
    }

    @Test
    void silentConnectionIsGivenUp() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            BrokerInfo hung = broker(silent.getLocalPort());
            CompletionStage<byte[]> first = messages.call(hung, bytes("a"), 300);
            CompletionStage<byte[]> second = messages.call(hung, bytes("b"), TIMEOUT_MS);
            assertFails(first, "none within 300 ms");
            assertSent(first, true);
            assertFails(second, "nothing has come for 300 ms");
            messages.call(hung, bytes("c"), 300);
            silent.setSoTimeout((int) TIMEOUT_MS);
            silent.accept().close();
            silent.accept().close(); // the third call opened another
        }
    }

    @Test
    void closedConnectionFailsWhatIsUnderWayAndTheNextCallOpensAnother() throws Exception {
        int port = listener.address().getPort();
        CompletableFuture<byte[]> poll = call("poll", TIMEOUT_MS);
        service.request("poll");
        Object connection = service.connectionOf.get("poll");
        listener.close();
        assertFails(poll, "closed");
        assertSent(poll, true);
        await().atMost(TIMEOUT_S, TimeUnit.SECONDS).until(() -> service.closed().contains(connection));
        listener = bind(port);
        assertThat(get(call("now", TIMEOUT_MS))).isEqualTo(bytes("now"));
    }

    @Test
    void brokerThatMovedIsReachedAtItsNewAddress() throws Exception {
        get(call("now", TIMEOUT_MS));
        listener.close();
        listener = bind(0);
        assertThat(get(call("now again", TIMEOUT_MS))).isEqualTo(bytes("now again"));
    }

    @Test
    void forgottenBrokersConnectionIsClosed() throws Exception {
        get(call("now", TIMEOUT_MS));
        messages.forget(PEER);
        Object connection = service.connectionOf.get("now");
        await().atMost(TIMEOUT_S, TimeUnit.SECONDS).until(() -> service.closed().contains(connection));
    }

    @Test
    void brokerWithoutTheListenerIsToldOf() {
        BrokerMessages picky = new BrokerMessages(
                connections, new InterBrokerListener(Optional.of("INTERNAL"), Optional.empty()), control);
        assertFails(picky.call(peer(), bytes("now"), TIMEOUT_MS), "inter.broker.listener.name");
    }

    @Test
    void refusedConnectionFailsTheCallAtOnce() throws Exception {
        listener.close();
        CompletableFuture<byte[]> refused = call("now", 3_600_000);
        assertFails(refused, "refused");
        assertSent(refused, false);
    }

    @Test
    void probeTellsWhetherAnybodyListens() throws Exception {
        BrokerInfo peer = peer();
        assertThat(probe(peer)).isEqualTo(Reachability.ACCEPTS);
        listener.close();
        assertThat(probe(peer)).isEqualTo(Reachability.REFUSES);
    }

    private Reachability probe(BrokerInfo broker) throws Exception {
        return messages.probe(broker, TIMEOUT_MS).toCompletableFuture().get(TIMEOUT_S, TimeUnit.SECONDS);
    }

    @Test
    void messageInAnUnknownVersionEndsTheConnection() throws Exception {
        try (Socket socket = new Socket("127.0.0.1", listener.address().getPort())) {
            socket.setSoTimeout((int) TIMEOUT_MS);
            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            out.writeInt(PeerFormat.REQUEST_HEADER_BYTES);
            out.writeShort(PeerFormat.API_KEY);
            out.writeShort(PeerFormat.VERSION + 1);
            out.writeInt(1);
            out.writeShort(-1);
            assertThat(new DataInputStream(socket.getInputStream()).read()).isEqualTo(-1);
        }
    }
}
