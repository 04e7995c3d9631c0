package io.sluice.cli;

import io.sluice.server.SluiceServer;
import io.sluice.server.StartupException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Three servers in this JVM that run ZooKeeper together, for the training run. It is empty when they cannot start: the
 * class archive is then one of a server alone. Used by one thread; starting waits for all three.
 */
final class TrainingCluster implements AutoCloseable {
    private static final int NODES = 3;
    /** A node's place in the ensemble takes as many ports in a row. */
    private static final int PORTS = 3;

    private final List<SluiceServer> servers;

    private TrainingCluster(List<SluiceServer> servers) {
        this.servers = List.copyOf(servers);
    }

    static TrainingCluster start(Path folder) throws IOException {
        String members = members();
        List<CompletableFuture<SluiceServer>> starting = new ArrayList<>();
        for (int node = 1; node <= NODES; node++) {
            Map<String, String> settings = settings(folder, node, members);
            starting.add(CompletableFuture.supplyAsync(
                    () -> start(settings), task -> new Thread(task, "start-" + settings.get("node.id")).start()));
        }
        List<SluiceServer> servers = new ArrayList<>();
        for (CompletableFuture<SluiceServer> server : starting) {
            try {
                servers.add(server.join());
            } catch (CompletionException e) {
                System.err.println("a server of the cluster did not start: " + e.getCause());
            }
        }
        return new TrainingCluster(servers);
    }

    private static SluiceServer start(Map<String, String> settings) {
        try {
            return SluiceServer.start(settings);
        } catch (StartupException e) {
            throw new CompletionException(e);
        }
    }

    private static Map<String, String> settings(Path folder, int node, String members) {
        Map<String, String> settings = new LinkedHashMap<>(TrainCommand.settings(folder.resolve("node-" + node)));
        settings.put("node.id", Integer.toString(node));
        settings.put("sluice.cluster", members);
        settings.put("default.replication.factor", Integer.toString(NODES));
        settings.put("offsets.topic.num.partitions", "1");
        return settings;
    }

    /** Ports in a row of which the first are free; where the next are taken, there is no cluster this time. */
    private static String members() throws IOException {
        List<ServerSocket> held = new ArrayList<>();
        List<String> members = new ArrayList<>();
        int last = 0;
        try {
            while (members.size() < NODES) {
                ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                held.add(socket);
                if (Math.abs(socket.getLocalPort() - last) >= PORTS) {
                    last = socket.getLocalPort();
                    members.add(members.size() + 1 + "@127.0.0.1:" + last);
                }
            }
        } finally {
            for (ServerSocket socket : held) {
                socket.close();
            }
        }
        return String.join(",", members);
    }

    /** A server of the cluster, if there is one. */
    Optional<SluiceServer> first() {
        return servers.size() == NODES ? Optional.of(servers.get(0)) : Optional.empty();
    }

    @Override
    public void close() {
        servers.forEach(SluiceServer::close);
    }
}
