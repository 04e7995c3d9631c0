package io.sluice.system.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.system.harness.BrokerProcess;
import io.sluice.system.harness.ClassPath;
import io.sluice.system.harness.Command;
import io.sluice.system.harness.SharedBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Clients in other languages, driven by the scripts in {@code test/system/scripts}. */
@ExtendWith(SharedBroker.class)
@Execution(ExecutionMode.CONCURRENT)
class ForeignClientsTest {
    private static final String KAFKAJS = "2.2.4";

    private final Path scripts = ClassPath.root().resolve("test/system/scripts");
    private final String suffix = Long.toString(ProcessHandle.current().pid());

    @Test
    void kcatWorks(BrokerProcess broker) {
        assumeTrue(Command.installed("kcat"), "not run: kcat is not installed, CI installs it");
        String output = Command.run(
                        "", List.of("sh", scripts.resolve("kcat.sh").toString(), broker.bootstrap(), suffix))
                .ok();
        assertThat(output.lines().filter(line -> line.startsWith("ok "))).hasSize(11);
    }

    @Test
    void kafkajsWorks(BrokerProcess broker) throws IOException {
        assumeTrue(Command.installed("node"), "not run: node is not installed, CI installs it");
        Path home = ClassPath.build().resolve("kafkajs");
        assumeTrue(fetchKafkajs(home), "not run: npm could not fetch kafkajs " + KAFKAJS);
        Path script = home.resolve("kafkajs.js");
        Files.writeString(script, Files.readString(scripts.resolve("kafkajs.js")));
        String output = Command.run("", List.of("node", script.toString(), broker.bootstrap(), suffix))
                .ok();
        assertThat(output.lines().filter(line -> line.startsWith("ok "))).hasSize(9);
    }

    private static boolean fetchKafkajs(Path home) throws IOException {
        if (Files.isDirectory(home.resolve("node_modules/kafkajs"))) {
            return true;
        }
        Files.createDirectories(home);
        return Command.run(
                                "",
                                List.of(
                                        "npm",
                                        "install",
                                        "--prefix",
                                        home.toString(),
                                        "--no-audit",
                                        "--no-fund",
                                        "kafkajs@" + KAFKAJS))
                        .status()
                == 0;
    }
}
