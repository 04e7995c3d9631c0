package io.sluice.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * A temporary folder and the processes started in it. Closing it, or ending this JVM in whatever orderly way, ends the
 * processes (by pid, with their children) and removes the folder. Used from the command's thread and the shutdown hook.
 */
final class Workspace implements AutoCloseable {
    private final Path root;
    private final Queue<Process> processes = new ConcurrentLinkedQueue<>();
    private final AtomicInteger folders = new AtomicInteger();
    private final Thread hook = new Thread(this::clean, "bench-cleanup");

    private Workspace(Path root) {
        this.root = root;
    }

    static Workspace under(Path parent) throws IOException {
        Files.createDirectories(parent);
        Workspace workspace = new Workspace(Files.createTempDirectory(parent, "sluice-bench-"));
        Runtime.getRuntime().addShutdownHook(workspace.hook);
        return workspace;
    }

    Path newFolder(String name) throws IOException {
        return Files.createDirectories(root.resolve(name + "-" + folders.incrementAndGet()));
    }

    Process start(ProcessBuilder builder) throws IOException {
        Process process = builder.start();
        processes.add(process);
        return process;
    }

    /** Removes one folder of this workspace as soon as its broker is gone: rounds must not fill the disk. */
    static void delete(Path folder) {
        try (Stream<Path> tree = Files.walk(folder)) {
            List<Path> deepestFirst = tree.sorted(Comparator.reverseOrder()).toList();
            for (Path path : deepestFirst) {
                Files.deleteIfExists(path);
            }
        } catch (java.nio.file.NoSuchFileException alreadyGone) {
            // Another thread, or a broker in its last moments, removed it first: that is what was wanted.
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove " + folder, e);
        }
    }

    @Override
    public void close() {
        clean();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException shuttingDown) {
            // The hook runs already, or has run: there is nothing left for it to do.
        }
    }

    private synchronized void clean() {
        for (Process process : processes) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().onExit().join();
        }
        processes.clear();
        if (Files.exists(root)) {
            delete(root);
        }
    }
}
