package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class NodeProcessTest {
    @SuppressWarnings("NullAway.Init")
    private Process process;

    @SuppressWarnings("NullAway.Init")
    private NodeProcess node;

    @BeforeEach
    void start() throws IOException {
        process = new ProcessBuilder("sleep", "600").start();
        node = NodeProcess.of(process.toHandle());
    }

    @AfterEach
    void end() {
        process.destroyForcibly();
    }

    @Test
    void processIsFoundAgainByItsPidAndStart() {
        assertThat(NodeProcess.find(
                        node.pid(), Instant.ofEpochMilli(node.started().toEpochMilli())))
                .hasValueSatisfying(found -> assertThat(found.pid()).isEqualTo(process.pid()));
    }

    @Test
    void anotherProcessWithThePidIsNotTakenForIt() {
        assertThat(NodeProcess.find(node.pid(), node.started().minusSeconds(60)))
                .isEmpty();
    }

    @Test
    void processThatHasEndedIsNotFound() throws Exception {
        node.kill();

        assertThat(node.endsWithin(Duration.ofSeconds(10))).isTrue();
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(NodeProcess.find(node.pid(), node.started())).isEmpty();
    }

    @Test
    void pausedProcessIsKnownAsSuchAndEndsWhenTold() {
        node.pause();
        Awaitility.await().until(node::isPaused);
        node.resume();
        Awaitility.await().until(() -> !node.isPaused());
        node.pause();
        Awaitility.await().until(node::isPaused);

        assertThat(node.endsWithin(Duration.ofMillis(1))).isFalse();
        node.terminate();

        assertThat(node.endsWithin(Duration.ofSeconds(10))).isTrue();
    }
}
