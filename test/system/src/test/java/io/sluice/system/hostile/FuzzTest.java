package io.sluice.system.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.system.harness.BrokerProcess;
import io.sluice.system.harness.BrokerSpec;
import io.sluice.system.harness.RawConnection;
import io.sluice.system.harness.Target;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersion;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.Test;

/**
 * Requests of every schema that the broker offers, with hurtful values and spoiled bytes. Each gets an answer, or its
 * connection is closed; the broker lives, its memory is bounded, a normal client goes on.
 *
 * <p>{@code -Dsluice.fuzz.seconds} says for how long; {@code -Dsluice.fuzz.seed} repeats a run's requests.
 */
class FuzzTest {
    private static final Duration PATIENCE = Duration.ofMillis(150);
    private static final long RESIDENT_BYTES_MAX = 450L << 20;
    private static final int REMEMBERED = 40;

    @Test
    void requestsOfEverySchemaAreAnsweredOrRefused() throws Exception {
        assumeTrue(Target.current() == Target.SLUICE, "not run: Kafka does not survive this");
        long seconds = Long.getLong("sluice.fuzz.seconds", 60);
        long given = Long.getLong("sluice.fuzz.seed", 0);
        long seed = given == 0 ? System.nanoTime() : given;
        System.out.println("seed " + seed);
        try (BrokerProcess broker = BrokerProcess.start(BrokerSpec.fresh("fuzz").heap("128m"))) {
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()))) {
                admin.createTopics(List.of(new NewTopic("fuzz-a", 2, (short) 1), new NewTopic("fuzz-b", 1, (short) 1)))
                        .all()
                        .get(30, TimeUnit.SECONDS);
            }
            try (Bystander bystander = new Bystander(broker)) {
                bystander.mustGoOn(1);
                Deque<Long> recent = new ArrayDeque<>();
                Tally tally = new Tally();
                try {
                    fuzz(broker, seed, seconds, recent, tally);
                    bystander.mustGoOn(5);
                    assertThat(broker.alive()).isTrue();
                    assertThat(broker.residentBytes()).isLessThan(RESIDENT_BYTES_MAX);
                    assertThat(broker.log()).doesNotContain("OutOfMemoryError", "StackOverflowError", "LEAK:");
                } catch (Throwable e) {
                    throw new AssertionError("seed " + seed + ", last requests (seeds) " + recent + ", " + tally, e);
                }
                System.out.println(tally);
                assertThat(tally.answered)
                        .as("requests that were answered, of %s", tally)
                        .isGreaterThan(100);
            }
        }
    }

    private static void fuzz(BrokerProcess broker, long seed, long seconds, Deque<Long> recent, Tally tally)
            throws IOException {
        List<ApiKeys> apis = offered(broker);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        RawConnection connection = RawConnection.open(broker.port(), PATIENCE);
        try {
            for (long i = 0; System.nanoTime() < end; i++) {
                recent.addLast(seed + i);
                if (recent.size() > REMEMBERED) {
                    recent.removeFirst();
                }
                ByteBuffer frame = new RequestFuzz(seed + i).make(apis);
                try {
                    connection.sendFrame(frame);
                    connection.readFrame();
                    tally.answered++;
                } catch (SocketTimeoutException waits) {
                    // A fetch or a join may wait; acks=0 has no answer.
                    tally.waiting++;
                    connection = reopen(connection, broker);
                } catch (IOException closed) {
                    tally.closed++;
                    connection = reopen(connection, broker);
                }
            }
        } finally {
            connection.close();
        }
    }

    private static RawConnection reopen(RawConnection old, BrokerProcess broker) throws IOException {
        old.close();
        if (!broker.alive()) {
            throw new IOException("the broker has died");
        }
        return RawConnection.open(broker.port(), Duration.ofSeconds(10)).patience(PATIENCE);
    }

    /** What the broker offers, but for what would change the settings of the broker under test as a whole. */
    private static List<ApiKeys> offered(BrokerProcess broker) throws IOException {
        Set<ApiKeys> left = Set.of(ApiKeys.UPDATE_FEATURES, ApiKeys.UNREGISTER_BROKER);
        List<ApiKeys> apis = new ArrayList<>();
        try (RawConnection connection = RawConnection.open(broker.port(), Duration.ofSeconds(10))) {
            for (ApiVersion version : connection.apiVersions().apiKeys()) {
                if (ApiKeys.hasId(version.apiKey()) && !left.contains(ApiKeys.forId(version.apiKey()))) {
                    apis.add(ApiKeys.forId(version.apiKey()));
                }
            }
        }
        return apis;
    }

    /** How the requests fared. */
    private static final class Tally {
        private long answered;
        private long closed;
        private long waiting;

        @Override
        public String toString() {
            return "answered " + answered + ", closed " + closed + ", waiting " + waiting;
        }
    }
}
