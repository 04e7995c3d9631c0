package io.sluice.kafka.handler;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.kafka.Handler;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersion;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Asks every request type in every version that is advertised, and reads the answer with Kafka's classes. */
class EveryVersionTest {
    private static TestBroker broker;
    private static Samples samples;

    @BeforeAll
    static void startBroker() throws Exception {
        broker = TestBroker.start(Map.of("group.initial.rebalance.delay.ms", "0"));
        samples = new Samples(broker);
    }

    @AfterAll
    static void stopBroker() throws Exception {
        broker.close();
    }

    @TestFactory
    Stream<DynamicTest> everyVersionIsAnswered() {
        return broker.handlers().stream()
                .filter(handler -> samples.hasKnown(handler.api()))
                .flatMap(handler -> IntStream.rangeClosed(handler.oldestVersion(), handler.latestVersion())
                        .mapToObj(version -> DynamicTest.dynamicTest(
                                handler.api() + " v" + version, () -> answered(handler, (short) version))));
    }

    private static void answered(Handler handler, short version) throws Exception {
        ApiMessage request = samples.request(handler.api(), version);
        try (WireClient client = broker.connect()) {
            ApiMessage answer = client.ask(handler.api(), version, request);
            assertThat(Answers.errors(handler.api(), version, answer))
                    .as(answer::toString)
                    .allMatch(error -> error == Errors.NONE);
        }
    }

    @TestFactory
    Stream<DynamicTest> everyVersionRefusesWhatIsNotThere() {
        return broker.handlers().stream()
                .filter(handler -> samples.hasUnknown(handler.api()))
                .flatMap(handler -> IntStream.rangeClosed(handler.oldestVersion(), handler.latestVersion())
                        .mapToObj(version -> DynamicTest.dynamicTest(
                                handler.api() + " v" + version, () -> refused(handler, (short) version))));
    }

    private static void refused(Handler handler, short version) throws Exception {
        ApiMessage request = samples.unknown(handler.api(), version);
        try (WireClient client = broker.connect()) {
            ApiMessage answer = client.ask(handler.api(), version, request);
            assertThat(Answers.errors(handler.api(), version, answer))
                    .as(answer::toString)
                    .anyMatch(error -> error != Errors.NONE);
        }
    }

    @Test
    void advertisedVersionsAreThoseOfKafkaClients() throws Exception {
        try (WireClient client = broker.connect()) {
            ApiVersionsResponseData answer =
                    client.ask(ApiKeys.API_VERSIONS, 4, samples.request(ApiKeys.API_VERSIONS, (short) 4));
            for (ApiVersion told : answer.apiKeys()) {
                ApiKeys api = ApiKeys.forId(told.apiKey());
                assertThat(told.maxVersion()).as(api.name).isEqualTo(api.latestVersion(false));
                short oldest = api == ApiKeys.PRODUCE ? 0 : api.oldestVersion();
                assertThat(told.minVersion()).as(api.name).isEqualTo(oldest);
            }
        }
    }

    @Test
    void everythingThatTheIssueAsksForIsServed() {
        Set<ApiKeys> served = EnumSet.noneOf(ApiKeys.class);
        broker.handlers().forEach(handler -> served.add(handler.api()));
        List<ApiKeys> missing = new ArrayList<>(Samples.ASKED_FOR);
        missing.removeAll(served);
        assertThat(missing).isEmpty();
    }
}
