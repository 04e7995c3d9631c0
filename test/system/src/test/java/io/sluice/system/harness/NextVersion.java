package io.sluice.system.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * A Sluice that is one level ahead of this one, as far as brokers can tell from each other's messages and from what lies
 * in ZooKeeper: core/cluster compiled anew, with a field more in whatever may have one. A broker gets it by a link in its
 * folder, and is of this version again without.
 */
public final class NextVersion {
    private static final String FIELD = "out.text(\"of the next version\");";
    private static final String KEY = "json.append(\",\\\"next\\\":{\\\"version\\\":[1,\\\"x\\\"]}\");";

    /** By file: the words that are others in the next version. */
    private static final Map<String, List<Change>> CHANGES = changes();

    private final Path classes;

    private record Change(String from, String to) {
        static Change after(String line, String added) {
            return new Change(line, line + "\n" + added);
        }
    }

    private NextVersion(Path classes) {
        this.classes = classes;
    }

    private static Map<String, List<Change>> changes() {
        Map<String, List<Change>> changes = new LinkedHashMap<>();
        changes.put("PeerLevel.java", List.of(new Change("int OWN = 1;", "int OWN = 2;")));
        changes.put("PeerRequest.java", List.of(Change.after("out.int64(sender.asker().brokerEpoch());", FIELD)));
        changes.put(
                "ImageFormats.java",
                List.of(
                        Change.after("out.bool(broker.condition() == BrokerInfo.Condition.FULL);", FIELD),
                        Change.after("out.int32(endpoint.port());", FIELD),
                        Change.after("PeerFormat.list(PARTITION).write(out, topic.partitions());", FIELD),
                        Change.after("BROKER_IDS.write(out, reassignment.target());\n        }", FIELD)));
        changes.put(
                "NodeCodec.java",
                List.of(
                        Change.after("json.append(\",\\\"level\\\":\").append(node.level());", KEY),
                        Change.after("json.append(\",\\\"epoch\\\":\").append(node.epoch());", KEY),
                        new Change(
                                "return end(\n                switch",
                                KEY + "\n        return end(\n                switch"),
                        Change.after("Json.strings(json, topic.configs());", KEY)));
        return changes;
    }

    /** Compiles it. */
    public static NextVersion build() throws IOException {
        Path sources = ClassPath.root().resolve("core/cluster/src/main/java/io/sluice/cluster");
        Path work = Folders.scratch("next-version");
        Path changed = Files.createDirectories(work.resolve("src"));
        Path classes = Files.createDirectories(work.resolve("classes"));
        List<Path> files = new ArrayList<>();
        try (Stream<Path> all = Files.list(sources)) {
            for (Path source :
                    all.filter(file -> file.toString().endsWith(".java")).toList()) {
                String name = source.getFileName().toString();
                Path file = changed.resolve(name);
                Files.writeString(file, changed(name, Files.readString(source)));
                files.add(file);
            }
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
            List<String> options = List.of(
                    "-proc:none", "-nowarn", "-parameters", "-d", classes.toString(), "-cp", ClassPath.sluice());
            assertThat(compiler.getTask(null, manager, null, options, null, manager.getJavaFileObjectsFromPaths(files))
                            .call())
                    .as("the next version compiles")
                    .isTrue();
        }
        return new NextVersion(classes);
    }

    private static String changed(String name, String source) {
        String text = source;
        for (Change change : CHANGES.getOrDefault(name, List.of())) {
            assertThat(text).as(name).contains(change.from());
            text = text.replace(change.from(), change.to());
        }
        return text;
    }

    /** The broker is of the next version from its next start on. */
    public void give(BrokerProcess broker) throws IOException {
        Files.createSymbolicLink(broker.spec().folder().resolve(SluiceLaunch.PATCH), classes);
    }

    /** The broker is of this version again from its next start on. */
    public void take(BrokerProcess broker) throws IOException {
        Files.delete(broker.spec().folder().resolve(SluiceLaunch.PATCH));
    }
}
