package io.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.sluice.network.SocketBuffers;
import io.sluice.zookeeper.EnsembleMember;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Files that were written for Kafka are read as they are. */
class ServerConfigTest {
    /** What the properties file of Kafka 4 says that runs one node. */
    private static final Map<String, String> KRAFT = Map.ofEntries(
            Map.entry("process.roles", "broker,controller"),
            Map.entry("node.id", "1"),
            Map.entry("controller.quorum.bootstrap.servers", "localhost:9093"),
            Map.entry("listeners", "PLAINTEXT://:9092,CONTROLLER://:9093"),
            Map.entry("inter.broker.listener.name", "PLAINTEXT"),
            Map.entry("advertised.listeners", "PLAINTEXT://localhost:9092,CONTROLLER://localhost:9093"),
            Map.entry("controller.listener.names", "CONTROLLER"),
            Map.entry(
                    "listener.security.protocol.map",
                    "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT,SASL_SSL:SASL_SSL"),
            Map.entry("num.network.threads", "3"),
            Map.entry("num.io.threads", "8"),
            Map.entry("socket.send.buffer.bytes", "102400"),
            Map.entry("socket.receive.buffer.bytes", "102400"),
            Map.entry("socket.request.max.bytes", "104857600"),
            Map.entry("log.dirs", "/tmp/kraft-combined-logs"),
            Map.entry("num.partitions", "1"),
            Map.entry("num.recovery.threads.per.data.dir", "1"),
            Map.entry("offsets.topic.replication.factor", "1"),
            Map.entry("share.coordinator.state.topic.replication.factor", "1"),
            Map.entry("share.coordinator.state.topic.min.isr", "1"),
            Map.entry("transaction.state.log.replication.factor", "1"),
            Map.entry("transaction.state.log.min.isr", "1"),
            Map.entry("log.retention.hours", "168"),
            Map.entry("log.segment.bytes", "1073741824"),
            Map.entry("log.retention.check.interval.ms", "300000"));

    /** What the properties file of Kafka 3 says that runs with ZooKeeper. */
    private static final Map<String, String> ZOOKEEPER = Map.ofEntries(
            Map.entry("broker.id", "0"),
            Map.entry("num.network.threads", "3"),
            Map.entry("num.io.threads", "8"),
            Map.entry("socket.send.buffer.bytes", "102400"),
            Map.entry("socket.receive.buffer.bytes", "102400"),
            Map.entry("socket.request.max.bytes", "104857600"),
            Map.entry("log.dirs", "/tmp/kafka-logs"),
            Map.entry("num.partitions", "1"),
            Map.entry("num.recovery.threads.per.data.dir", "1"),
            Map.entry("offsets.topic.replication.factor", "1"),
            Map.entry("transaction.state.log.replication.factor", "1"),
            Map.entry("transaction.state.log.min.isr", "1"),
            Map.entry("log.retention.hours", "168"),
            Map.entry("log.retention.check.interval.ms", "300000"),
            Map.entry("zookeeper.connect", "localhost:2181"),
            Map.entry("zookeeper.connection.timeout.ms", "18000"),
            Map.entry("group.initial.rebalance.delay.ms", "0"));

    private static final String CLUSTER = "3@[fd00::3]:9192, 1@10.0.0.1:9192,2@10.0.0.2:9192";

    @Test
    void kraftFileIsUnderstood() throws StartupException {
        ServerConfig config = ServerConfig.parse(KRAFT);

        assertThat(config.nodeId()).isEqualTo(1);
        assertThat(config.listeners()).containsExactly(new ListenerConfig("PLAINTEXT", "", 9092));
        assertThat(config.socketBuffers()).isEqualTo(new SocketBuffers(102_400, 102_400));
        assertThat(config.values()).doesNotContainKeys("process.roles", "transaction.state.log.min.isr");
    }

    @Test
    void zookeeperFileIsUnderstood() throws StartupException {
        ServerConfig config = ServerConfig.parse(ZOOKEEPER);

        assertThat(config.nodeId()).isZero();
        assertThat(config.coordination()).isEqualTo(new CoordinationConfig.Given("localhost:2181"));
        assertThat(config.startTimeoutMs(false)).isEqualTo(18_000);
    }

    @Test
    void nodeOfAClusterRunsOneOfItsServersAndWaitsForTheOthers() throws StartupException {
        ServerConfig config = ServerConfig.parse(Map.of("node.id", "2", "sluice.cluster", CLUSTER));

        assertThat(config.coordination()).isInstanceOfSatisfying(CoordinationConfig.Member.class, member -> {
            assertThat(member.ensemble().own()).isEqualTo(new EnsembleMember(2, "10.0.0.2", 9192));
            assertThat(member.ensemble().members())
                    .extracting(EnsembleMember::clientAddress)
                    .containsExactly("10.0.0.1:9194", "10.0.0.2:9194", "[fd00::3]:9194");
        });
        assertThat(config.listeners()).containsExactly(new ListenerConfig("PLAINTEXT", "10.0.0.2", 9092));
        assertThat(config.startTimeoutMs(false)).isGreaterThan(TimeUnit.DAYS.toMillis(365));
    }

    @Test
    void brokerThatHasBeenPartOfAClusterWaitsForItsEnsemble() throws StartupException {
        ServerConfig config = ServerConfig.parse(Map.of("zookeeper.connect", "localhost:2181"));

        assertThat(config.startTimeoutMs(false)).isEqualTo(18_000);
        assertThat(config.startTimeoutMs(true)).isGreaterThan(TimeUnit.DAYS.toMillis(365));
    }

    @Test
    void waitForAClustersNodesCanBeBounded() throws StartupException {
        ServerConfig config = ServerConfig.parse(
                Map.of("node.id", "2", "sluice.cluster", CLUSTER, "zookeeper.connection.timeout.ms", "5000"));

        assertThat(config.startTimeoutMs(false)).isEqualTo(5_000);
        assertThat(config.startTimeoutMs(true)).isEqualTo(5_000);
    }

    @Test
    void shortSessionDoesNotBoundTheWaitForAClustersNodes() throws StartupException {
        ServerConfig config = ServerConfig.parse(
                Map.of("node.id", "2", "sluice.cluster", CLUSTER, "zookeeper.session.timeout.ms", "2000"));

        assertThat(config.startTimeoutMs(false)).isGreaterThan(TimeUnit.DAYS.toMillis(365));
    }

    @Test
    void brokerThatIsNoneOfTheClustersNodesJoinsThem() throws StartupException {
        ServerConfig config = ServerConfig.parse(Map.of("broker.id", "7", "sluice.cluster", CLUSTER));

        assertThat(config.coordination())
                .isEqualTo(new CoordinationConfig.Given("10.0.0.1:9194,10.0.0.2:9194,[fd00::3]:9194"));
        assertThat(config.listeners()).containsExactly(new ListenerConfig("PLAINTEXT", "127.0.0.1", 9092));
    }

    @Test
    void clusterOfOneIsASingleNodeThatOthersReach() throws StartupException {
        ServerConfig config = ServerConfig.parse(Map.of("node.id", "1", "sluice.cluster", "1@10.0.0.1:9192"));

        assertThat(config.coordination().server(Path.of("zookeeper"))).hasValueSatisfying(server -> {
            assertThat(server.ensemble()).isEmpty();
            assertThat(server.host()).isEqualTo("10.0.0.1");
            assertThat(server.port()).isEqualTo(9194);
        });
    }

    @Test
    void brokerWithoutClusterOrZooKeeperRunsAServerOnLoopback() throws StartupException {
        assertThat(ServerConfig.parse(Map.of()).coordination().server(Path.of("zookeeper")))
                .hasValueSatisfying(server -> {
                    assertThat(server.ensemble()).isEmpty();
                    assertThat(server.host()).isEqualTo("127.0.0.1");
                    assertThat(server.port()).isZero();
                });
    }

    @Test
    void listenerThatIsToBeEncryptedIsRefused() {
        Map<String, String> settings = new HashMap<>(KRAFT);
        settings.put("listeners", "OUTSIDE://:9092");
        settings.put("listener.security.protocol.map", "OUTSIDE:SASL_SSL");

        assertThatThrownBy(() -> ServerConfig.parse(settings))
                .isInstanceOf(StartupException.class)
                .hasMessageContaining("listener.security.protocol.map wants SASL_SSL of listener OUTSIDE");
    }

    @Test
    void nodeThatIsOnlyAControllerIsRefused() {
        Map<String, String> settings = new HashMap<>(KRAFT);
        settings.put("process.roles", "controller");

        assertThatThrownBy(() -> ServerConfig.parse(settings))
                .isInstanceOf(StartupException.class)
                .hasMessageContaining("process.roles")
                .hasMessageContaining("set it to broker");
    }

    @Test
    void listenersOfControllersAloneAreRefused() {
        Map<String, String> settings = new HashMap<>(KRAFT);
        settings.put("listeners", "CONTROLLER://:9093");

        assertThatThrownBy(() -> ServerConfig.parse(settings))
                .isInstanceOf(StartupException.class)
                .hasMessageContaining("controller.listener.names");
    }

    @ParameterizedTest
    @ValueSource(strings = {"PLAINTEXT://0.0.0.0:9092", "PLAINTEXT://:9092", "PLAINTEXT://[::]:9092"})
    void listenerOnAllAddressesNeedsNoAdvertisedOne(String listener) throws StartupException {
        ServerConfig config = ServerConfig.parse(Map.of("listeners", listener));

        assertThat(config.listeners()).hasSize(1).allMatch(ListenerConfig::isWildcard);
        assertThat(config.advertised()).isEmpty();
        assertThat(config.listeners().get(0).toEndpoint().host()).isEqualTo("localhost");
    }

    @Test
    void settingsThatArePassedOverAreToldInOneLine() throws StartupException {
        Logger logger = (Logger) LoggerFactory.getLogger(ServerConfig.class);
        ListAppender<ILoggingEvent> captured = new ListAppender<>();
        captured.start();
        logger.addAppender(captured);
        try {
            ServerConfig.parse(KRAFT);
        } finally {
            logger.detachAppender(captured);
        }

        List<ILoggingEvent> told = captured.list.stream()
                .filter(event -> event.getLevel().isGreaterOrEqual(Level.INFO))
                .toList();
        assertThat(told).hasSize(1);
        assertThat(told.get(0).getLevel()).isEqualTo(Level.WARN);
        assertThat(told.get(0).getFormattedMessage())
                .startsWith("6 settings have no meaning here and are passed over: ")
                .contains(
                        "transaction.state.log.min.isr, transaction.state.log.replication.factor (transactions",
                        "controller.quorum.bootstrap.servers, process.roles (there is no KRaft quorum");
    }

    @Test
    void listenerForBrokersMustBeOneOfTheListeners() {
        assertThatThrownBy(() -> ServerConfig.parse(Map.of(
                        "listeners", "PLAINTEXT://:9092,INTERNAL://:9093",
                        "listener.security.protocol.map", "INTERNAL:PLAINTEXT,PLAINTEXT:PLAINTEXT",
                        "inter.broker.listener.name", "REPLICATION")))
                .isInstanceOf(StartupException.class)
                .hasMessageContaining("inter.broker.listener.name is REPLICATION")
                .hasMessageContaining("PLAINTEXT, INTERNAL");
    }

    @Test
    void brokersMeetAtTheFirstListenerUnlessAnotherIsNamed() throws StartupException {
        Map<String, String> settings = Map.of("listeners", "PLAINTEXT://:9092,INTERNAL://:9093");
        assertThat(ServerConfig.parse(settings).interBrokerListener()).isEqualTo("PLAINTEXT");
        Map<String, String> named = new HashMap<>(settings);
        named.put("inter.broker.listener.name", "internal");
        assertThat(ServerConfig.parse(named).interBrokerListener()).isEqualTo("INTERNAL");
    }
}
