package io.sluice.bench;

import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;

/**
 * async-profiler, loaded into a running broker around a measured window; writes collapsed stacks and a flame graph per
 * window. It disturbs what it measures: runs with it are for finding hot spots, not for figures.
 */
final class Profiler {
    /** What both brokers' JVMs should be started with, so that stacks inside inlined methods are right. */
    static final List<String> JVM_OPTIONS = List.of("-XX:+UnlockDiagnosticVMOptions", "-XX:+DebugNonSafepoints");

    private static final MavenArtifacts ARTIFACTS = new MavenArtifacts("tools.profiler", "async-profiler", "4.1");

    private final Path library;
    private final Path folder;
    private final String event;
    private final Progress progress;

    private Profiler(Path library, Path folder, String event, Progress progress) {
        this.library = library;
        this.folder = folder;
        this.event = event;
        this.progress = progress;
    }

    /** @param event {@code cpu}, {@code alloc}, {@code wall}, {@code lock} or whatever else the profiler knows */
    static Profiler fetch(Path folder, String event, Progress progress) throws IOException, InterruptedException {
        Path lib = ARTIFACTS.folder(progress);
        Files.createDirectories(folder);
        return new Profiler(extract(lib), folder.toAbsolutePath(), event, progress);
    }

    private static Path extract(Path lib) throws IOException {
        String name = (System.getProperty("os.arch").equals("aarch64") ? "linux-arm64" : "linux-x64")
                + "/libasyncProfiler.so";
        Path target = lib.resolve("libasyncProfiler.so");
        try (Stream<Path> files = Files.list(lib)) {
            Path jar = files.filter(file -> file.toString().endsWith(".jar"))
                    .findFirst()
                    .orElseThrow(() -> new BenchException("no async-profiler jar in " + lib));
            try (JarFile archive = new JarFile(jar.toFile())) {
                ZipEntry entry = archive.getEntry(name);
                if (entry == null) {
                    throw new BenchException(jar + " has no " + name);
                }
                try (InputStream in = archive.getInputStream(entry)) {
                    Files.copy(in, target, StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
        return target;
    }

    void start(Broker broker) {
        command(broker, "start,event=" + event);
    }

    void stop(Broker broker, String name) {
        String base = folder.resolve(name.replaceAll("[^A-Za-z0-9.-]+", "-")) + "-" + event;
        command(broker, "dump,collapsed,file=" + base + ".collapsed");
        command(broker, "stop,flamegraph,file=" + base + ".html");
        progress.say("profile: " + base + ".html");
    }

    private void command(Broker broker, String options) {
        try {
            VirtualMachine machine = VirtualMachine.attach(Long.toString(broker.javaPid()));
            try {
                machine.loadAgentPath(library.toString(), options);
            } finally {
                machine.detach();
            }
        } catch (Exception e) {
            throw new BenchException("cannot profile " + broker.name() + " (" + options + "): " + e.getMessage(), e);
        }
    }
}
