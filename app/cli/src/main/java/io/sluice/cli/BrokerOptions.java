package io.sluice.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.ClientUtils;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.config.ConfigException;
import picocli.CommandLine.Option;

/** Which broker a client command talks to, and how: shared by all client commands. */
final class BrokerOptions {
    /** How many brokers may hang one after the other before the time is up. */
    private static final int TRIES = 3;

    private static final int REQUEST_MS_MIN = 1_000;
    private static final int REQUEST_MS_MAX = 10_000;
    private static final int PATIENCE_MS = 3_000;

    @Option(
            names = {"-b", "--bootstrap"},
            paramLabel = "HOST:PORT",
            defaultValue = "${env:SLUICE_BOOTSTRAP:-127.0.0.1:9092}",
            description = "Broker to ask first (default: $SLUICE_BOOTSTRAP, else 127.0.0.1:9092).")
    private String bootstrap = "127.0.0.1:9092";

    @Option(
            names = {"-X", "--property"},
            paramLabel = "NAME=VALUE",
            description = "Setting of the Kafka client, such as security.protocol=SSL. May be repeated.")
    private Map<String, String> properties = new LinkedHashMap<>();

    @Option(
            names = "--timeout",
            paramLabel = "DURATION",
            converter = DurationConverter.class,
            defaultValue = "15s",
            description = "How long to wait for the broker (default: ${DEFAULT-VALUE}).")
    private Duration timeout = Duration.ofSeconds(15);

    Duration timeout() {
        return timeout;
    }

    /** An admin client for the broker, after making sure that something listens there. */
    Admin admin() {
        requireListener();
        try {
            return new PromptAdmin(clientProperties());
        } catch (org.apache.kafka.common.KafkaException e) {
            throw clientRefused(e);
        }
    }

    /**
     * An admin client for questions that any broker answers at once. It gives up on one that does not after a few seconds
     * and asks another: a broker that hangs still takes connections.
     */
    Admin impatientAdmin(Duration patience) {
        requireListener();
        Map<String, Object> all = clientProperties();
        all.put("request.timeout.ms", (int) Math.min(timeout.toMillis(), patience.toMillis()));
        try {
            return new PromptAdmin(all);
        } catch (org.apache.kafka.common.KafkaException e) {
            throw clientRefused(e);
        }
    }

    /** Whether any broker says anything, for a failure that may have had another reason. */
    boolean answers() {
        Map<String, Object> all = clientProperties();
        all.put("default.api.timeout.ms", PATIENCE_MS);
        all.put("request.timeout.ms", PATIENCE_MS / TRIES);
        try (Admin admin = new PromptAdmin(all)) {
            return Answer.ifKnown(admin.describeCluster().nodes()).isPresent();
        }
    }

    /** Settings that any Kafka client of ours needs; what the user gave wins. */
    Map<String, Object> clientProperties() {
        Map<String, Object> all = new LinkedHashMap<>();
        int timeoutMs = (int) Math.min(timeout.toMillis(), Integer.MAX_VALUE);
        // A broker that hangs takes connections: the client must have time left to ask another.
        int share = Math.max(REQUEST_MS_MIN, Math.min(REQUEST_MS_MAX, timeoutMs / TRIES));
        int requestMs = Math.min(timeoutMs, share);
        all.put("bootstrap.servers", bootstrap);
        all.put("client.id", "sluice-cli");
        all.put("request.timeout.ms", requestMs);
        // Nothing but this tells it of another controller while the one that it knows hangs.
        all.put("metadata.max.age.ms", requestMs / 2);
        all.put("socket.connection.setup.timeout.ms", requestMs);
        all.put("socket.connection.setup.timeout.max.ms", requestMs);
        all.put("default.api.timeout.ms", timeoutMs);
        // Neither is of use to a command that lives for a second, and both cost it time to start.
        all.put("metric.reporters", "");
        all.put("enable.metrics.push", "false");
        all.putAll(properties);
        return all;
    }

    /**
     * Fails at once when nothing listens on any of the bootstrap addresses: the Kafka client itself would go on trying
     * until its time-out.
     */
    void requireListener() {
        List<InetSocketAddress> addresses = addresses();
        List<IOException> refusals = new ArrayList<>();
        for (InetSocketAddress address : addresses) {
            try (Socket socket = new Socket()) {
                socket.connect(address, (int) Math.min(timeout.toMillis(), 3_000));
                return;
            } catch (IOException e) {
                refusals.add(e);
            }
        }
        CommandFailure failure =
                new CommandFailure("no broker answers at " + bootstrap + "; start one with " + startCommand(addresses));
        refusals.forEach(failure::addSuppressed);
        throw failure;
    }

    private List<InetSocketAddress> addresses() {
        try {
            return ClientUtils.parseAndValidateAddresses(List.of(bootstrap.split(",")), "use_all_dns_ips");
        } catch (ConfigException e) {
            throw new CommandFailure(
                    "\"" + bootstrap + "\" is no address of a broker: give host:port, such as 127.0.0.1:9092", e);
        }
    }

    private static String startCommand(List<InetSocketAddress> addresses) {
        InetSocketAddress first = addresses.get(0);
        InetAddress host = first.getAddress();
        if (host == null || !host.isLoopbackAddress()) {
            return Launcher.command() + " server on that machine, or name another with --bootstrap";
        }
        if (addresses.size() > 1) {
            return Launcher.command() + " cluster start";
        }
        return Launcher.command() + " server" + (first.getPort() == 9092 ? "" : " --port " + first.getPort());
    }

    private static CommandFailure clientRefused(RuntimeException failure) {
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        return new CommandFailure("cannot set up the Kafka client: " + cause.getMessage(), failure);
    }
}
