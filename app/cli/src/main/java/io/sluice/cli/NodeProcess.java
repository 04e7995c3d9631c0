package io.sluice.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A broker's process on this machine, and what can be done to it from outside. */
final class NodeProcess {
    /** How far two readings of one process's start may lie apart: it is reckoned from a clock that is set now and then. */
    private static final Duration SAME_START = Duration.ofSeconds(2);

    private final ProcessHandle handle;
    private final Instant started;

    private NodeProcess(ProcessHandle handle, Instant started) {
        this.handle = handle;
        this.started = started;
    }

    static NodeProcess of(ProcessHandle handle) {
        return new NodeProcess(handle, handle.info().startInstant().orElseGet(Instant::now));
    }

    /** The process with this pid, if it lives and began then: pids are used again. */
    static Optional<NodeProcess> find(long pid, Instant started) {
        return ProcessHandle.of(pid)
                .filter(ProcessHandle::isAlive)
                .map(NodeProcess::of)
                .filter(found -> Duration.between(found.started, started).abs().compareTo(SAME_START) <= 0);
    }

    long pid() {
        return handle.pid();
    }

    Instant started() {
        return started;
    }

    boolean isAlive() {
        return handle.isAlive();
    }

    /** Whether SIGSTOP holds it. Where the system does not say so in /proc, it counts as running. */
    boolean isPaused() {
        try {
            String stat =
                    Files.readString(Path.of("/proc", String.valueOf(pid()), "stat"), StandardCharsets.ISO_8859_1);
            // pid (name) state …, where the name may hold anything.
            int state = stat.lastIndexOf(')') + 2;
            return state < stat.length() && stat.charAt(state) == 'T';
        } catch (IOException e) {
            return false;
        }
    }

    void pause() {
        signal("STOP");
    }

    void resume() {
        signal("CONT");
    }

    /** SIGTERM: the broker stops cleanly. One that is paused goes on first, or it would never notice. */
    void terminate() {
        if (isPaused()) {
            resume();
        }
        handle.destroy();
    }

    /** SIGKILL: as if the process had crashed. */
    void kill() {
        handle.destroyForcibly();
    }

    /** Whether it has ended by then. */
    boolean endsWithin(Duration time) {
        try {
            handle.onExit().get(Math.max(0, time.toMillis()), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailure("interrupted while waiting for process " + pid() + " to end", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("waiting for a process does not fail", e);
        }
    }

    private void signal(String name) {
        try {
            Process kill = new ProcessBuilder("kill", "-" + name, String.valueOf(pid()))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (kill.waitFor() != 0) {
                throw new CommandFailure("cannot send SIG" + name + " to process " + pid() + "; is it yours?");
            }
        } catch (IOException e) {
            throw new CommandFailure("cannot send SIG" + name + ": there is no kill command here", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailure("interrupted while sending SIG" + name, e);
        }
    }
}
