package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.cli.LauncherScript.Run;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the {@code sluice} script does before there is a JVM: which one it takes, with what, and what it refuses. */
@Timeout(60)
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @SuppressWarnings("NullAway.Init")
    private LauncherScript script;

    @BeforeEach
    void unpack() throws Exception {
        script = new LauncherScript(folder.toRealPath());
    }

    @ParameterizedTest
    @ValueSource(strings = {"sh", "dash", "bash"})
    void everyShellRunsTheScript(String shell) throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/bin", shell)), shell + " is not installed");
        Path jdk = script.jdk("one", "17.0.9");

        Run run = script.run(shell, Map.of(), "topic", "list", "two words");

        assertThat(run.err()).isEmpty();
        assertThat(run.status()).isZero();
        assertThat(run.out())
                .startsWith(jdk.resolve("bin/java") + " -XX:+UseSerialGC")
                .endsWith("io.sluice.cli.Main topic list two words\n");
    }

    @Test
    void newestJdkIsTakenWhereverItLies() throws Exception {
        script.jdk("java-17", "17.0.9");
        script.jdk("java-11", "11.0.1");
        script.jdk("java-8", "1.8.0_392");
        Path newest = script.jdkIn(script.home().resolve(".jdks/mine"), "25.0.1");
        Path inVariable = script.jdkIn(folder.toRealPath().resolve("elsewhere"), "21.0.2");

        Run run = script.run("sh", Map.of("JAVA_HOME", inVariable.toString()), "doctor");

        assertThat(run.out()).startsWith(newest.resolve("bin/java") + " ");
    }

    @Test
    void javaOnThePathIsTakenThroughItsLinks() throws Exception {
        Path jdk = script.jdkIn(folder.toRealPath().resolve("elsewhere"), "21");
        Files.createSymbolicLink(folder.resolve("link"), jdk.resolve("bin/java"));
        Files.createSymbolicLink(
                script.bin().resolve("java"), folder.toRealPath().resolve("link"));

        Run run = script.run("sh", Map.of(), "doctor");

        assertThat(run.out()).startsWith(jdk.resolve("bin/java") + " ");
    }

    @Test
    void jdkThatIsNamedIsTakenThoughThereIsANewerOne() throws Exception {
        script.jdk("newer", "25");
        Path named = script.jdk("named", "17");

        Run run = script.run("sh", Map.of("SLUICE_JAVA_HOME", named.toString()), "doctor");

        assertThat(run.out()).startsWith(named.resolve("bin/java") + " ");
    }

    @Test
    void jdkWithoutReleaseFileIsAskedForItsVersion() throws Exception {
        Path jdk = script.jdk("bare", "1");
        Files.delete(jdk.resolve("release"));
        Files.writeString(
                jdk.resolve("bin/java"),
                "#!/bin/sh\nif [ \"$1\" = -version ]; then echo 'openjdk version \"18.0.1\"' >&2; else echo ran; fi\n");

        assertThat(script.run("sh", Map.of(), "doctor").out()).isEqualTo("ran\n");
    }

    @Test
    void onlyOldJdksAreRefusedWithWhatWasFound() throws Exception {
        script.jdk("java-11", "11.0.1");

        Run run = script.run("sh", Map.of(), "server");

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.err().lines()).hasSize(1);
        assertThat(run.err()).contains("needs a JDK 17 or later; found only Java 11.0.1 in ", "install one");
    }

    @Test
    void noJdkIsRefusedWithAdvice() throws Exception {
        Run run = script.run("sh", Map.of(), "server");

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err())
                .startsWith("sluice: needs a JDK 17 or later: install one")
                .hasLineCount(1);
    }

    @Test
    void namedJdkThatIsTooOldIsRefused() throws Exception {
        script.jdk("newer", "25");
        Path old = script.jdk("old", "1.8.0_392");

        Run run = script.run("sh", Map.of("SLUICE_JAVA_HOME", old.toString()), "server");

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err())
                .isEqualTo(
                        "sluice: SLUICE_JAVA_HOME is " + old + " (Java 1.8.0_392), which is not a JDK 17 or later\n");
    }

    @Test
    void heapOfTheServerIsHandedOn() throws Exception {
        script.jdk("one", "17");

        assertThat(script.run("sh", Map.of("SLUICE_HEAP", "0128M"), "server").out())
                .contains(" -Xmx0128M ");
        assertThat(script.run("sh", Map.of(), "server").out()).contains(" -Xmx512m ");
    }

    @Test
    void heapOfTheServerBeginsSmallAndNeverAboveItsLargest() throws Exception {
        script.jdk("one", "17");

        assertThat(script.run("sh", Map.of(), "server").out()).contains(" -Xmx512m -Xms48m ");
        assertThat(script.run("sh", Map.of("SLUICE_HEAP", "40000k"), "server").out())
                .contains(" -Xmx40000k -Xms39m ");
        assertThat(script.run("sh", Map.of("SLUICE_OPTS", "-Xmx40m"), "server").out())
                .doesNotContain("-Xms");
    }

    @Test
    void serverAndCommandsTakeArchivesOfTheirOwn() throws Exception {
        script.jdk("one", "17");
        Path server = Files.createFile(folder.toRealPath().resolve("jdk-17-Nobody.server.jsa"));
        Path client = Files.createFile(folder.toRealPath().resolve("jdk-17-Nobody.client.jsa"));

        assertThat(script.run("sh", Map.of(), "server").out()).contains(" -XX:SharedArchiveFile=" + server + " ");
        assertThat(script.run("sh", Map.of(), "topic", "list").out())
                .contains(" -XX:SharedArchiveFile=" + client + " ");
    }

    @Test
    void optionsThatAJdkDoesNotHaveAreLeftOut() throws Exception {
        script.jdk("one", "17");
        assertThat(script.run("sh", Map.of(), "server").out())
                .contains(" -XX:ArchiveRelocationMode=0 ")
                .doesNotContain("TrimNativeHeapInterval", "UseCompactObjectHeaders", "AOTCache");

        script.jdk("later", "25.0.1");
        assertThat(script.run("sh", Map.of(), "server").out())
                .contains(" -XX:ArchiveRelocationMode=0 ", " -XX:TrimNativeHeapInterval=5000 ");

        script.jdk("unknown", "99");
        assertThat(script.run("sh", Map.of(), "server").out()).doesNotContain("ArchiveRelocationMode");
    }

    @ParameterizedTest
    @ValueSource(strings = {"much", "m", "12 m", "-5m", "99999999999999999g", "1.5g"})
    void heapThatIsNoSizeIsRefusedWithAnExample(String heap) throws Exception {
        script.jdk("one", "17");

        Run run = script.run("sh", Map.of("SLUICE_HEAP", heap), "server");

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).isEqualTo("sluice: SLUICE_HEAP is '" + heap + "': give a size, such as 512m or 2g\n");
    }

    @Test
    void heapLargerThanTheMachineIsRefused() throws Exception {
        script.jdk("one", "17");

        Run run = script.run("sh", Map.of("SLUICE_HEAP", "999999g"), "server");

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err())
                .matches("sluice: SLUICE_HEAP is 999999g: this machine has \\d+m; give less \\(default 512m\\)\n");
    }

    @Test
    void heapTooSmallForAServerIsRefused() throws Exception {
        script.jdk("one", "17");

        Run run = script.run("sh", Map.of("SLUICE_HEAP", "8m"), "server");

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err())
                .startsWith("sluice: SLUICE_HEAP is 8m: a server needs at least ")
                .hasLineCount(1);
    }
}
