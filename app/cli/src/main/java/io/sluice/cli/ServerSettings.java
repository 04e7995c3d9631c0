package io.sluice.cli;

import io.sluice.cluster.settings.BrokerSettings;
import io.sluice.cluster.settings.InvalidSettingException;
import io.sluice.cluster.settings.KafkaOnlySettings;
import io.sluice.cluster.settings.Setting;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;

/**
 * Collects a server's settings from a properties file, the environment and flags; what comes later wins. Each setting is
 * checked where it is found, so that an error names the place that has to be mended.
 */
final class ServerSettings {
    private static final String PREFIX = "SLUICE_";
    /** Variables that begin like settings and mean something else: to the launcher, the client commands, the log. */
    private static final Set<String> OTHER_VARIABLES = Set.of(
            "SLUICE_JAVA_HOME",
            "SLUICE_HEAP",
            "SLUICE_OPTS",
            "SLUICE_BUILD",
            "SLUICE_ARCHIVE",
            "SLUICE_BOOTSTRAP",
            "SLUICE_LOG_LEVEL");

    private final Map<String, String> values = new LinkedHashMap<>();

    /** Adds what a properties file says. */
    ServerSettings file(Path file) {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            properties.load(reader);
        } catch (IOException | IllegalArgumentException e) {
            throw new CommandFailure("cannot read the settings in " + file + ": " + reason(e), e);
        }
        properties.stringPropertyNames().stream()
                .sorted()
                .forEach(name -> put(name, properties.getProperty(name), file.toString()));
        return this;
    }

    private static String reason(Exception failure) {
        if (failure instanceof NoSuchFileException) {
            return "no such file";
        }
        if (failure instanceof AccessDeniedException) {
            return "permission denied";
        }
        return failure instanceof CharacterCodingException
                ? "it is not text in UTF-8"
                : String.valueOf(failure.getMessage());
    }

    /** Adds what the environment says: {@code SLUICE_LOG_DIRS} for {@code log.dirs}. */
    ServerSettings environment(Map<String, String> variables) {
        variables.keySet().stream()
                .filter(variable -> variable.startsWith(PREFIX) && !OTHER_VARIABLES.contains(variable))
                .sorted()
                .forEach(variable -> put(settingOf(variable), variables.getOrDefault(variable, ""), "the environment"));
        return this;
    }

    /** Adds what flags say. */
    ServerSettings flags(Map<String, String> flags) {
        flags.forEach((name, value) -> put(name, value, "the command line"));
        return this;
    }

    /** All settings that somebody gave, by name. */
    Map<String, String> values() {
        return Map.copyOf(values);
    }

    private void put(String name, String value, String where) {
        if (name.isBlank()) {
            throw new CommandFailure("a setting without a name: \"=" + value + "\" (in " + where + ")");
        }
        try {
            if (KafkaOnlySettings.whyPassedOver(name, value).isEmpty()) {
                BrokerSettings.ALL.get(name).parse(value);
            }
        } catch (InvalidSettingException e) {
            boolean unknown = BrokerSettings.ALL.find(name).isEmpty();
            throw new CommandFailure(
                    e.getMessage() + " (in " + where + ")"
                            + (unknown ? "; docs/configuration.md lists those that there are" : ""),
                    e);
        }
        values.put(name, value);
    }

    /** Dots and dashes both became underscores, so only the registry can tell which setting is meant. */
    private static String settingOf(String variable) {
        for (Setting<?> setting : BrokerSettings.ALL.all()) {
            if (variableOf(setting.name()).equals(variable)) {
                return setting.name();
            }
        }
        return variable.substring(PREFIX.length()).toLowerCase(Locale.ROOT).replace('_', '.');
    }

    /** The environment variable that gives a setting its value. */
    static String variableOf(String setting) {
        // Our own settings begin with "sluice." already; saying it twice would be odd.
        String name = setting.startsWith("sluice.") ? setting.substring("sluice.".length()) : setting;
        return PREFIX + name.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }
}
