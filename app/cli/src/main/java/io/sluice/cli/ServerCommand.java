package io.sluice.cli;

import io.sluice.cluster.Endpoint;
import io.sluice.server.SluiceServer;
import io.sluice.server.StartupException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
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
            flags.put("listeners", "PLAINTEXT://127.0.0.1:" + port);
        }
        if (data != null) {
            flags.put("log.dirs", data.toString());
        }
        return flags;
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
        String addresses = endpoints.stream().map(ServerCommand::address).collect(Collectors.joining(", "));
        String folders = server.dataFolders().stream().map(Path::toString).collect(Collectors.joining(", "));
        String first = endpoints.isEmpty() ? "" : address(endpoints.get(0));
        String bootstrap = first.equals("127.0.0.1:9092") ? "" : " --bootstrap " + first;
        out.println("Sluice " + Version.number() + " is ready" + startTime() + ": node " + server.nodeId()
                + " of cluster " + server.clusterId());
        out.println("  listens on  " + addresses);
        out.println("  data in     " + folders);
        out.println("  produce     echo hello | " + Launcher.command() + " produce orders" + bootstrap);
        out.println("  consume     " + Launcher.command() + " consume orders --follow" + bootstrap);
        out.println("Ctrl-C stops it.");
        out.flush();
    }

    private static String address(Endpoint endpoint) {
        boolean v6 = endpoint.host().contains(":");
        return (v6 ? "[" + endpoint.host() + "]" : endpoint.host()) + ":" + endpoint.port();
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
