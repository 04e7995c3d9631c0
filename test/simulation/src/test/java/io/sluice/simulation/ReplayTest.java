package io.sluice.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The same seed gives the same run in another process, too: hashes of identities, the order of {@code Set.of} and the like
 * differ there, and must not be seen.
 */
class ReplayTest {
    private static final long FIRST = 1;
    private static final long LAST = 3;

    @ParameterizedTest
    @EnumSource
    void seedRunsTheSameWayInAnotherProcess(Scenario scenario) throws Exception {
        List<String> here = LongStream.rangeClosed(FIRST, LAST)
                .mapToObj(seed -> scenario.run(seed).toString())
                .toList();
        Process other = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        SimulationMain.class.getName(),
                        scenario.name(),
                        String.valueOf(FIRST),
                        String.valueOf(LAST))
                .redirectErrorStream(true)
                .start();
        try (BufferedReader lines = other.inputReader()) {
            assertThat(lines.lines().toList()).isEqualTo(here);
        }
        assertThat(other.waitFor()).isZero();
    }
}
