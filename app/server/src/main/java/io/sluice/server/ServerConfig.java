package io.sluice.server;

import io.sluice.cluster.settings.BrokerClusterSettings;
import io.sluice.cluster.settings.BrokerLogSettings;
import io.sluice.cluster.settings.BrokerNetworkSettings;
import io.sluice.cluster.settings.BrokerSettings;
import io.sluice.cluster.settings.InvalidSettingException;
import io.sluice.cluster.settings.KafkaOnlySettings;
import io.sluice.cluster.settings.SettingLayers;
import io.sluice.network.ConnectionLimits;
import io.sluice.network.SocketBuffers;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a broker starts with, parsed.
 *
 * @param nodeId {@code node.id}
 * @param listeners where to listen
 * @param advertised what clients are told; empty means the listeners themselves
 * @param dataFolders {@code log.dirs}; the first also holds the embedded ZooKeeper's data
 * @param coordination where ZooKeeper is, or that this broker runs it
 * @param networkThreads event loops; half as many as cores unless set (ADR 0005)
 * @param workerThreads threads for blocking work
 * @param limits what clients are granted
 * @param values all settings as text, by name
 */
record ServerConfig(
        int nodeId,
        List<ListenerConfig> listeners,
        List<ListenerConfig> advertised,
        List<Path> dataFolders,
        CoordinationConfig coordination,
        int networkThreads,
        int workerThreads,
        ConnectionLimits limits,
        Map<String, String> values) {
    private static final Logger log = LoggerFactory.getLogger(ServerConfig.class);
    private static final int MAX_IN_FLIGHT = 100;
    private static final long FRAME_DEADLINE_MS = 60_000;
    private static final long AS_LONG_AS_IT_TAKES_MS = TimeUnit.DAYS.toMillis(3_650);
    /** Of the heap limit, which Netty also takes as the limit of its direct memory. */
    private static final double FRAME_MEMORY_SHARE = 0.35;

    private static final double ANSWER_MEMORY_SHARE = 0.2;

    static ServerConfig parse(Map<String, String> given) throws StartupException {
        try {
            Map<String, String> values = withoutKafkaOnly(given);
            BrokerSettings.ALL.check(values);
            CoordinationConfig coordination = CoordinationConfig.of(SettingLayers.ofStatic(values));
            // The cluster's other nodes must reach this one, which they would not by its loopback address.
            coordination
                    .host()
                    .ifPresent(host -> values.putIfAbsent(
                            BrokerNetworkSettings.LISTENERS.name(),
                            ListenerConfig.atDefaultPort(host).toString()));
            SettingLayers settings = SettingLayers.ofStatic(values);
            List<ListenerConfig> listeners = ListenerConfig.served(settings);
            requireInterBrokerListener(settings, listeners);
            return new ServerConfig(
                    settings.get(BrokerClusterSettings.NODE_ID),
                    listeners,
                    // Not by the setting's own fall-back on the listeners: these may be wildcards.
                    values.containsKey(BrokerNetworkSettings.ADVERTISED_LISTENERS.name())
                            ? ListenerConfig.advertised(settings, listeners)
                            : List.of(),
                    dataFolders(settings),
                    coordination,
                    settings.find(BrokerNetworkSettings.NUM_NETWORK_THREADS)
                            .orElse(Math.max(1, Runtime.getRuntime().availableProcessors() / 2)),
                    settings.get(BrokerNetworkSettings.NUM_IO_THREADS),
                    limits(settings),
                    Map.copyOf(values));
        } catch (InvalidSettingException e) {
            throw new StartupException(String.valueOf(e.getMessage()), e);
        }
    }

    /** What is left when Kafka's settings that have no meaning here are taken out, which the log tells in one line. */
    private static Map<String, String> withoutKafkaOnly(Map<String, String> given) {
        Map<String, String> ours = new TreeMap<>();
        Map<String, List<String>> passedOver = new TreeMap<>();
        new TreeMap<>(given).forEach((name, value) -> {
            Optional<String> why = KafkaOnlySettings.whyPassedOver(name, value);
            if (why.isPresent()) {
                log.debug("setting {}={} is passed over: {}", name, value, why.get());
                passedOver
                        .computeIfAbsent(why.get(), reason -> new ArrayList<>())
                        .add(name);
            } else {
                ours.put(name, value);
            }
        });
        if (!passedOver.isEmpty()) {
            log.warn("{}", passedOver(passedOver));
        }
        return ours;
    }

    /** One line for all settings that are passed over, by reason. */
    static String passedOver(Map<String, List<String>> namesByReason) {
        int count = namesByReason.values().stream().mapToInt(List::size).sum();
        return (count == 1 ? "1 setting has" : count + " settings have")
                + " no meaning here and " + (count == 1 ? "is" : "are") + " passed over: "
                + namesByReason.entrySet().stream()
                        .map(group -> String.join(", ", group.getValue()) + " (" + group.getKey() + ")")
                        .collect(Collectors.joining("; "));
    }

    /**
     * How long start-up waits for ZooKeeper. A session's time-out, set for itself, says nothing of the other nodes, nor of
     * how long an ensemble may be down that was there before.
     *
     * @param knowsCluster whether this broker has found the cluster before, so that its settings can't be all wrong
     */
    long startTimeoutMs(boolean knowsCluster) {
        boolean waitsForOthers = (knowsCluster || coordination instanceof CoordinationConfig.Member)
                && !values.containsKey(BrokerClusterSettings.ZOOKEEPER_CONNECTION_TIMEOUT_MS.name());
        return waitsForOthers
                ? AS_LONG_AS_IT_TAKES_MS
                : SettingLayers.ofStatic(values).get(BrokerClusterSettings.ZOOKEEPER_CONNECTION_TIMEOUT_MS);
    }

    private static void requireInterBrokerListener(SettingLayers settings, List<ListenerConfig> listeners)
            throws StartupException {
        String wanted =
                settings.find(BrokerNetworkSettings.INTER_BROKER_LISTENER_NAME).orElse("");
        if (!wanted.isEmpty() && listeners.stream().noneMatch(one -> one.name().equalsIgnoreCase(wanted))) {
            throw new StartupException("inter.broker.listener.name is " + wanted + ", but listeners has only "
                    + listeners.stream().map(ListenerConfig::name).collect(Collectors.joining(", ")));
        }
    }

    /** The name of the listener that brokers reach each other by. */
    String interBrokerListener() {
        return SettingLayers.ofStatic(values)
                .find(BrokerNetworkSettings.INTER_BROKER_LISTENER_NAME)
                .filter(name -> !name.isEmpty())
                .orElse(listeners.get(0).name())
                .toUpperCase(Locale.ROOT);
    }

    /** {@code socket.send.buffer.bytes} and {@code socket.receive.buffer.bytes}. */
    SocketBuffers socketBuffers() {
        SettingLayers settings = SettingLayers.ofStatic(values);
        return new SocketBuffers(
                settings.get(BrokerNetworkSettings.SOCKET_SEND_BUFFER_BYTES),
                settings.get(BrokerNetworkSettings.SOCKET_RECEIVE_BUFFER_BYTES));
    }

    private static List<Path> dataFolders(SettingLayers settings) throws StartupException {
        List<Path> folders = new ArrayList<>();
        for (String text : settings.get(BrokerLogSettings.LOG_DIRS)) {
            try {
                folders.add(Path.of(text).toAbsolutePath());
            } catch (InvalidPathException e) {
                throw new StartupException("log.dirs has '" + text + "', which is no path: " + e.getReason(), e);
            }
        }
        if (folders.isEmpty()) {
            throw new StartupException("log.dirs is empty; name a folder for the data, with --data");
        }
        return List.copyOf(folders);
    }

    private static ConnectionLimits limits(SettingLayers settings) throws StartupException {
        long queued = settings.get(BrokerNetworkSettings.QUEUED_MAX_REQUEST_BYTES);
        long chosen = (long) (Runtime.getRuntime().maxMemory() * FRAME_MEMORY_SHARE);
        return new ConnectionLimits(
                Math.min(settings.get(BrokerNetworkSettings.MAX_CONNECTIONS), MachineLimits.connections()),
                settings.get(BrokerNetworkSettings.MAX_CONNECTIONS_PER_IP),
                settings.get(BrokerNetworkSettings.CONNECTIONS_MAX_IDLE_MS),
                FRAME_DEADLINE_MS,
                settings.get(BrokerNetworkSettings.SOCKET_REQUEST_MAX_BYTES),
                queued > 0 ? queued : chosen,
                Math.min(MAX_IN_FLIGHT, settings.get(BrokerNetworkSettings.QUEUED_MAX_REQUESTS)),
                (long) (Runtime.getRuntime().maxMemory() * ANSWER_MEMORY_SHARE),
                settings.get(BrokerNetworkSettings.MAX_CONNECTION_CREATION_RATE),
                overrides(settings.get(BrokerNetworkSettings.MAX_CONNECTIONS_PER_IP_OVERRIDES)));
    }

    private static Map<InetAddress, Integer> overrides(List<String> entries) throws StartupException {
        Map<InetAddress, Integer> overrides = new HashMap<>();
        for (String entry : entries) {
            int colon = entry.lastIndexOf(':');
            try {
                int count = Integer.parseInt(entry.substring(colon + 1).trim());
                if (colon < 1 || count < 0) {
                    throw new NumberFormatException("no address, or a number below 0");
                }
                for (InetAddress address :
                        InetAddress.getAllByName(entry.substring(0, colon).trim())) {
                    overrides.put(address, count);
                }
            } catch (NumberFormatException | UnknownHostException e) {
                throw new StartupException(
                        "max.connections.per.ip.overrides has the entry '" + entry + "'; write address:number", e);
            }
        }
        return Map.copyOf(overrides);
    }
}
