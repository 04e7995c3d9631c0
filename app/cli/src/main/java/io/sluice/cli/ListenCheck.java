package io.sluice.cli;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;

/** Looks whether a server could listen on an address, and if not, whether a broker is what listens there already. */
final class ListenCheck {
    private static final int ANSWER_MS_MAX = 3_000;

    private final String host;
    private final int port;

    ListenCheck(String host, int port) {
        this.host = host;
        this.port = port;
    }

    List<Finding> run() {
        String address = host + ":" + port;
        InetSocketAddress resolved = new InetSocketAddress(host, port);
        if (resolved.isUnresolved()) {
            return List.of(
                    Finding.fail("listener", host + " is no address of any machine", "name another with --listen"));
        }
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(resolved);
            return List.of(Finding.ok("listener", address + " is free"));
        } catch (IOException e) {
            return List.of(
                    brokerAnswers(address)
                            ? Finding.ok("listener", "a broker answers at " + address)
                            : Finding.fail(
                                    "listener",
                                    address + " is taken by another program, or not an address of this machine",
                                    "stop that program, or choose another address with --listen"));
        }
    }

    private static boolean brokerAnswers(String address) {
        Map<String, Object> properties = Map.of(
                "bootstrap.servers", address,
                "request.timeout.ms", ANSWER_MS_MAX,
                "default.api.timeout.ms", ANSWER_MS_MAX,
                "metric.reporters", "",
                "enable.metrics.push", "false");
        try (Admin admin = new PromptAdmin(properties)) {
            return !admin.describeCluster()
                    .nodes()
                    .get(ANSWER_MS_MAX, TimeUnit.MILLISECONDS)
                    .isEmpty();
        } catch (ExecutionException | TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
