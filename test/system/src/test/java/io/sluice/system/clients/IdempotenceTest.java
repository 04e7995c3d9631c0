package io.sluice.system.clients;

import io.sluice.system.harness.BrokerProcess;
import io.sluice.system.harness.BrokerSpec;
import io.sluice.system.harness.FaultyProxy;
import io.sluice.system.harness.Ports;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Forced retries: a broker that is reached through a proxy which spoils connections. */
class IdempotenceTest {
    private static BrokerProcess broker;
    private static FaultyProxy proxy;

    @BeforeAll
    static void start() throws IOException {
        int port = Ports.free();
        broker = BrokerProcess.start(
                BrokerSpec.fresh("idempotence").set("advertised.listeners", "PLAINTEXT://127.0.0.1:" + port));
        proxy = FaultyProxy.start(port, broker.port());
    }

    @AfterAll
    static void stop() throws IOException {
        proxy.close();
        broker.close();
    }

    @TestFactory
    Stream<DynamicTest> retries() {
        List<DynamicTest> tests = new ArrayList<>();
        for (ClientVersion version : ClientVersion.values()) {
            Surroundings surroundings = Surroundings.oneBroker("127.0.0.1:" + proxy.port(), version);
            tests.addAll(ScenarioTests.of("IdempotenceScenarios", surroundings.through(proxy)));
        }
        return tests.stream();
    }
}
