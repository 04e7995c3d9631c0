package io.sluice.cli;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * One node of a cluster on this machine, as the state file keeps it.
 *
 * @param id its number, from 1
 * @param port where clients reach it, on loopback
 * @param pid of its process when it was last started; 0 when it was stopped
 * @param startedMs when that process began, in milliseconds since 1970: another one with the same pid is not it
 */
record LocalNode(int id, int port, long pid, long startedMs) {
    LocalNode withProcess(NodeProcess process) {
        return new LocalNode(id, port, process.pid(), process.started().toEpochMilli());
    }

    LocalNode stopped() {
        return new LocalNode(id, port, 0, 0);
    }

    /** Its process, if it lives. */
    Optional<NodeProcess> process() {
        return pid == 0 ? Optional.empty() : NodeProcess.find(pid, Instant.ofEpochMilli(startedMs));
    }

    /** Its process, or a failure that says what to do. */
    @JsonIgnore
    NodeProcess requireProcess() {
        return process()
                .orElseThrow(() -> new CommandFailure("node " + id + " does not run; " + Launcher.command()
                        + " cluster restart " + id + " starts it"));
    }

    @JsonIgnore
    String listener() {
        return "127.0.0.1:" + port;
    }

    Path data(Path folder) {
        return folder.resolve("node-" + id);
    }

    Path log(Path folder) {
        return folder.resolve("node-" + id + ".log");
    }
}
