package io.sluice.server;

import io.sluice.cluster.Endpoint;
import io.sluice.cluster.settings.BrokerNetworkSettings;
import io.sluice.cluster.settings.SettingLayers;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * One address of {@code listeners} or {@code advertised.listeners}, as Kafka writes them: {@code NAME://host:port}.
 *
 * @param name the listener's name, in upper case
 * @param host empty for all addresses of this machine
 * @param port 0 picks a free one
 */
public record ListenerConfig(String name, String host, int port) {
    private static final Pattern FORM = Pattern.compile("(?:([A-Za-z0-9_-]+)://)?(\\[[^]]*]|[^:]*):(\\d{1,5})");
    private static final String DEFAULT_NAME = "PLAINTEXT";
    private static final int MAX_PORT = 65_535;
    private static final int DEFAULT_PORT = 9092;
    /** Names by which Kafka means a security protocol. To serve them in the clear would be worse than not at all. */
    private static final Set<String> ENCRYPTED = Set.of("SSL", "SASL_PLAINTEXT", "SASL_SSL");

    /** Where a broker listens that is told a host and nothing else. */
    static ListenerConfig atDefaultPort(String host) {
        return new ListenerConfig(DEFAULT_NAME, host, DEFAULT_PORT);
    }

    /**
     * Parses one address; a missing name means PLAINTEXT.
     *
     * @param setting which setting it comes from, for the error
     */
    public static ListenerConfig parse(String setting, String text) throws StartupException {
        Matcher matcher = FORM.matcher(text.strip());
        if (!matcher.matches() || Integer.parseInt(matcher.group(3)) > MAX_PORT) {
            throw new StartupException(
                    setting + " has '" + text + "'; an address looks like PLAINTEXT://127.0.0.1:9092");
        }
        String name = Optional.ofNullable(matcher.group(1)).orElse(DEFAULT_NAME).toUpperCase(Locale.ROOT);
        if (ENCRYPTED.contains(name)) {
            throw new StartupException(
                    setting + " has '" + text + "'; TLS and SASL are not served yet, only PLAINTEXT is");
        }
        String host = matcher.group(2).replaceAll("[\\[\\]]", "");
        return new ListenerConfig(name, host, Integer.parseInt(matcher.group(3)));
    }

    /** Parses a list, in which each name may occur once. */
    public static List<ListenerConfig> parseAll(String setting, List<String> texts) throws StartupException {
        List<ListenerConfig> parsed = new ArrayList<>();
        for (String text : texts) {
            ListenerConfig next = parse(setting, text);
            if (parsed.stream().anyMatch(other -> other.name().equals(next.name()))) {
                throw new StartupException(setting + " has two listeners called " + next.name() + "; rename one");
            }
            parsed.add(next);
        }
        return parsed;
    }

    /** What {@code listeners} asks for: all but those of Kafka's controllers, and only what is spoken here. */
    static List<ListenerConfig> served(SettingLayers settings) throws StartupException {
        Map<String, String> protocols = protocols(settings.get(BrokerNetworkSettings.LISTENER_SECURITY_PROTOCOL_MAP));
        List<String> asked = settings.get(BrokerNetworkSettings.LISTENERS);
        if (asked.isEmpty()) {
            throw new StartupException("listeners is empty; give an address such as PLAINTEXT://127.0.0.1:9092");
        }
        List<String> kept = withoutControllers(settings, asked);
        if (kept.isEmpty()) {
            throw new StartupException(
                    "listeners has none but those of controller.listener.names; add PLAINTEXT://127.0.0.1:9092");
        }
        List<ListenerConfig> served = parseAll("listeners", kept);
        for (ListenerConfig listener : served) {
            String protocol = protocols.getOrDefault(listener.name(), DEFAULT_NAME);
            if (!protocol.equals(DEFAULT_NAME)) {
                throw new StartupException("listener.security.protocol.map wants " + protocol + " of listener "
                        + listener.name() + "; TLS and SASL are not served yet, only PLAINTEXT is");
            }
        }
        return served;
    }

    private static List<String> withoutControllers(SettingLayers settings, List<String> listeners) {
        List<String> ofControllers = settings.get(BrokerNetworkSettings.CONTROLLER_LISTENER_NAMES);
        return listeners.stream()
                .filter(text -> ofControllers.stream().noneMatch(name -> isCalled(text, name)))
                .toList();
    }

    private static boolean isCalled(String listener, String name) {
        return listener.strip().regionMatches(true, 0, name + "://", 0, name.length() + "://".length());
    }

    /** Protocols by listener, both in upper case. */
    private static Map<String, String> protocols(List<String> pairs) throws StartupException {
        Map<String, String> protocols = new HashMap<>();
        for (String pair : pairs) {
            String[] parts = pair.toUpperCase(Locale.ROOT).split(":", -1);
            if (parts.length != 2) {
                throw new StartupException(
                        "listener.security.protocol.map has '" + pair + "'; a pair looks like INTERNAL:PLAINTEXT");
            }
            protocols.put(parts[0].strip(), parts[1].strip());
        }
        return protocols;
    }

    /**
     * What {@code advertised.listeners} says of {@link #served}: each belongs to one of the listeners by its name and is an address that a
     * client can connect to.
     */
    static List<ListenerConfig> advertised(SettingLayers settings, List<ListenerConfig> listeners)
            throws StartupException {
        List<String> texts = withoutControllers(settings, settings.get(BrokerNetworkSettings.ADVERTISED_LISTENERS));
        List<ListenerConfig> parsed = parseAll("advertised.listeners", texts);
        for (ListenerConfig told : parsed) {
            if (listeners.stream().noneMatch(listener -> listener.name().equals(told.name()))) {
                throw new StartupException("advertised.listeners has '" + told + "', but listeners has none called "
                        + told.name() + ", only "
                        + listeners.stream().map(ListenerConfig::name).collect(Collectors.joining(", ")));
            }
            if (told.isWildcard()) {
                throw new StartupException("advertised.listeners has '" + told
                        + "', to which no client can connect; give the name by which clients know this machine");
            }
        }
        return parsed;
    }

    /** True when it stands for all addresses of this machine. */
    boolean isWildcard() {
        return host.isEmpty() || host.equals("0.0.0.0") || host.equals("::");
    }

    /** The same with the port that was really bound. */
    ListenerConfig withPort(int bound) {
        return new ListenerConfig(name, host, bound);
    }

    /** What clients are told: a wildcard address becomes this machine's loopback name. */
    Endpoint toEndpoint() {
        return new Endpoint(name, "PLAINTEXT", isWildcard() ? "localhost" : host, port);
    }

    @Override
    public String toString() {
        return name + "://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
