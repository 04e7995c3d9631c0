package io.sluice.system.harness;

import io.sluice.server.SluiceServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/** Runs a broker in a process of its own, with the settings of a properties file, until SIGTERM. */
public final class ServerMain {
    private ServerMain() {}

    public static void main(String[] args) throws Exception {
        Properties properties = new Properties();
        try (var reader = Files.newBufferedReader(Path.of(args[0]))) {
            properties.load(reader);
        }
        Map<String, String> settings = new TreeMap<>();
        properties.stringPropertyNames().forEach(name -> settings.put(name, properties.getProperty(name)));
        SluiceServer server = SluiceServer.start(settings);
        Runtime.getRuntime().addShutdownHook(new Thread(server::close));
    }
}
