package io.sluice.system.tools;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.system.harness.ClassPath;
import io.sluice.system.harness.Command;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Clients in other languages, driven by the scripts in {@code test/system/scripts}. A script ends with an error at the first
 * step that goes wrong.
 *
 * @param bootstrap the brokers
 * @param suffix what names of topics and groups end in
 * @param restless whether brokers are restarted meanwhile: the scripts then take what may rightly happen
 */
record ForeignClients(String bootstrap, String suffix, boolean restless) {
    private static final String KAFKAJS = "2.2.4";

    static ForeignClients calm(String bootstrap, String suffix) {
        return new ForeignClients(bootstrap, suffix, false);
    }

    /** The steps that kcat has done; aborts the test where it is not installed. */
    List<String> kcat() {
        assumeTrue(Command.installed("kcat"), "not run: kcat is not installed, CI installs it");
        return steps("sh", scripts().resolve("kcat.sh").toString());
    }

    /** The steps that kafkajs has done; aborts the test where it is not to be had. */
    List<String> kafkajs() {
        assumeTrue(Command.installed("node"), "not run: node is not installed, CI installs it");
        Path home = ClassPath.build().resolve("kafkajs");
        assumeTrue(fetchKafkajs(home), "not run: npm could not fetch kafkajs " + KAFKAJS);
        Path script = home.resolve("kafkajs.js");
        try {
            Files.writeString(script, Files.readString(scripts().resolve("kafkajs.js")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return steps("node", script.toString());
    }

    private static Path scripts() {
        return ClassPath.root().resolve("test/system/scripts");
    }

    private List<String> steps(String interpreter, String script) {
        List<String> command = new ArrayList<>(List.of(interpreter, script, bootstrap, suffix));
        if (restless) {
            command.add("restless");
        }
        return Command.run("", command)
                .ok()
                .lines()
                .filter(line -> line.startsWith("ok "))
                .toList();
    }

    /** Test classes run one after the other, but their methods do not. */
    private static synchronized boolean fetchKafkajs(Path home) {
        if (Files.isDirectory(home.resolve("node_modules/kafkajs"))) {
            return true;
        }
        try {
            Files.createDirectories(home);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String module = "kafkajs@" + KAFKAJS;
        return Command.run(
                                "",
                                List.of(
                                        "npm",
                                        "install",
                                        "--prefix",
                                        home.toString(),
                                        "--no-audit",
                                        "--no-fund",
                                        module))
                        .status()
                == 0;
    }
}
