package io.sluice.cli;

import io.sluice.cluster.Endpoint;
import io.sluice.server.SluiceServer;
import io.sluice.server.StartupException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code sluice server}: runs a broker until SIGTERM or Ctrl-C, which stop it cleanly. */
@Command(
        name = "server",
        description = "Start a broker.",
        footer = {
            "",
            "A setting comes from a flag, else from the environment (log.dirs from SLUICE_LOG_DIRS), else from",
            "the file, else it has its default. docs/configuration.md lists them. Also in the environment:",
            "SLUICE_HEAP (default 512m), SLUICE_OPTS for the JVM, SLUICE_JAVA_HOME, SLUICE_LOG_LEVEL."
        })
final class ServerCommand implements Runnable {
    private static final int PORT_MAX = 65_535;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private HelpOption help = new HelpOption();

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "Properties file with settings, by Kafka's names.")
    private @Nullable Path config;

    @Option(
            names = {"-s", "--set"},
            paramLabel = "NAME=VALUE",
            description = "A setting, such as num.partitions=3. May be repeated.")
    private Map<String, String> set = new LinkedHashMap<>();

    @Option(
            names = "--listen",
            paramLabel = "HOST:PORT",
            description = "Where to listen (default: 127.0.0.1:9092); the same as --set listeners=…")
    private @Nullable String listen;

    @Option(
            names = {"-p", "--port"},
            paramLabel = "N",
            description = "Listen on 127.0.0.1 on this port; 0 takes a free one.")
    private @Nullable Integer port;

    @Option(
            names = {"-d", "--data"},
            paramLabel = "DIR",
            description = "The data folder (default: data); the same as --set log.dirs=…")
    private @Nullable Path data;

    @Option(
            names = "--node",
            paramLabel = "ID",
            description = "The number of this broker (default: 1); the same as --set node.id=…")
    private @Nullable Integer node;

    @Option(
            names = "--cluster",
            paramLabel = "ID@HOST:PORT,…",
            description = {
                "The first nodes of the cluster, which run ZooKeeper together; the same list for every broker, as in",
                "1@10.0.0.1:9192,2@10.0.0.2:9192,3@10.0.0.3:9192. Each takes that port and the next two."
            })
    private @Nullable String cluster;

    @Option(
            names = "--zookeeper",
            paramLabel = "HOST:PORT,…",
            description = "A ZooKeeper that is there already; the same as --set zookeeper.connect=…")
    private @Nullable String zookeeper;

    @Override
    public void run() {
        ServerSettings settings = new ServerSettings();
        if (config != null) {
            settings.file(config);
        }
        settings.environment(System.getenv()).flags(flags());
        CountDownLatch stopped = new CountDownLatch(1);
        SluiceServer server = start(settings.values());
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server, stopped), "sluice-stop"));
        announce(server);
        try {
            stopped.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Map<String, String> flags() {
        if (listen != null && port != null) {
            throw new ParameterException(spec.commandLine(), "give --listen or --port, not both");
        }
        Map<String, String> flags = new LinkedHashMap<>(set);
        if (listen != null) {
            flags.put("listeners", listen.contains("://") ? listen : "PLAINTEXT://" + listen);
        }
        if (port != null) {
            if (port < 0 || port > PORT_MAX) {
                throw new ParameterException(spec.commandLine(), "--port " + port + " is no port: give 0 to 65535");
            }
            flags.put("listeners", "PLAINTEXT://127.0.0.1:" + port);
        }
        if (data != null) {
            flags.put("log.dirs", data.toString());
        }
        clusterFlags(flags);
        return flags;
    }

    private void clusterFlags(Map<String, String> flags) {
        if (cluster != null && zookeeper != null) {
            throw new ParameterException(spec.commandLine(), "give --cluster or --zookeeper, not both");
        }
        if (node != null) {
            flags.put("node.id", node.toString());
        }
        if (cluster != null) {
            flags.put("sluice.cluster", cluster);
        }
        if (zookeeper != null) {
            flags.put("zookeeper.connect", zookeeper);
        }
    }

    private static SluiceServer start(Map<String, String> settings) {
        try {
            return SluiceServer.start(settings);
        } catch (StartupException e) {
            throw new CommandFailure(String.valueOf(e.getMessage()), e);
        }
    }

    private void announce(SluiceServer server) {
        PrintWriter out = spec.commandLine().getOut();
        List<Endpoint> endpoints = server.endpoints();
        String from = here(server.addresses().get(0));
        String bootstrap = from.equals("127.0.0.1:9092") ? "" : " --bootstrap " + from;
        out.println("Sluice " + Version.number() + " is ready" + startTime());
        out.println("  as          node " + server.nodeId() + " of cluster " + server.clusterId());
        for (int i = 0; i < endpoints.size(); i++) {
            out.println((i == 0 ? "  listens on  " : "              ")
                    + listener(server.addresses().get(i), endpoints.get(i)));
        }
        server.dataFolders().forEach(folder -> out.println("  data in     " + folder));
        out.println("  produce     echo hello | " + Launcher.command() + " produce orders" + bootstrap);
        out.println("  consume     " + Launcher.command() + " consume orders --follow" + bootstrap);
        out.println("Ctrl-C stops it.");
        out.flush();
    }

    /** Where a listener is bound, and what clients are told where that is something else. */
    private static String listener(InetSocketAddress bound, Endpoint told) {
        boolean everywhere = bound.getAddress().isAnyLocalAddress();
        String here =
                everywhere ? "*:" + bound.getPort() : address(bound.getAddress().getHostAddress(), bound.getPort());
        String there = address(told.host(), told.port());
        if (everywhere && told.host().equals("localhost")) {
            return here + ", and tells clients " + there + "; for those on other machines set advertised.listeners";
        }
        return here.equals(there) ? here : here + ", and tells clients " + there;
    }

    /** The address by which a program on this machine reaches a listener. */
    private static String here(InetSocketAddress bound) {
        InetAddress host = bound.getAddress();
        return address(host.isAnyLocalAddress() ? "127.0.0.1" : host.getHostAddress(), bound.getPort());
    }

    private static String address(String host, int port) {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }

    /** Since the process began, which is what the user waited. */
    private static String startTime() {
        return ProcessHandle.current()
                .info()
                .startInstant()
                .map(began -> Duration.between(began, Instant.now()).toMillis() / 1000.0)
                .map(seconds -> String.format(Locale.ROOT, " in %.1f s", seconds))
                .orElse("");
    }

    private void stop(SluiceServer server, CountDownLatch stopped) {
        server.close();
        PrintWriter out = spec.commandLine().getOut();
        out.println("Stopped.");
        out.flush();
        stopped.countDown();
    }
}
