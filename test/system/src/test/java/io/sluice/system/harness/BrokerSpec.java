package io.sluice.system.harness;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How a broker process is to be started.
 *
 * @param target which broker
 * @param host the address that it listens on
 * @param port client port
 * @param heap the JVM's {@code -Xmx}, such as {@code 128m}
 * @param folder the process's own folder: data, configuration, captured output
 * @param data the data folder ({@code log.dirs})
 * @param settings broker settings by Kafka's names
 * @param wrapper words to put before the command, such as {@code strace …}
 */
public record BrokerSpec(
        Target target,
        String host,
        int port,
        String heap,
        Path folder,
        Path data,
        Map<String, String> settings,
        List<String> wrapper) {

    /** A broker of the suite's target on a free port, with fresh folders and settings that keep tests short. */
    public static BrokerSpec fresh(String purpose) {
        Path folder = Folders.scratch(purpose);
        Map<String, String> settings = new TreeMap<>();
        settings.put("group.initial.rebalance.delay.ms", "0");
        settings.put("offsets.topic.num.partitions", "5");
        return new BrokerSpec(
                Target.current(),
                "127.0.0.1",
                Ports.free(),
                "512m",
                folder,
                folder.resolve("data"),
                settings,
                List.of());
    }

    public BrokerSpec heap(String value) {
        return new BrokerSpec(target, host, port, value, folder, data, settings, wrapper);
    }

    public BrokerSpec host(String value) {
        return new BrokerSpec(target, value, port, heap, folder, data, settings, wrapper);
    }

    public BrokerSpec data(Path value) {
        return new BrokerSpec(target, host, port, heap, folder, value, settings, wrapper);
    }

    public BrokerSpec set(String name, String value) {
        Map<String, String> more = new TreeMap<>(settings);
        more.put(name, value);
        return new BrokerSpec(target, host, port, heap, folder, data, more, wrapper);
    }

    public BrokerSpec wrapper(String... words) {
        return new BrokerSpec(target, host, port, heap, folder, data, settings, List.of(words));
    }

    /** The command that runs this broker in the foreground. */
    List<String> command() {
        List<String> command = new ArrayList<>(wrapper);
        command.addAll(target == Target.KAFKA ? KafkaPeer.command(this) : SluiceLaunch.command(this));
        return command;
    }

    public String bootstrap() {
        return host + ":" + port;
    }
}
