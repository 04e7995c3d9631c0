package io.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class ProcessUsageTest {
    @Test
    void cpuTimeIsUserAndSystemTicksBehindANameWithParentheses() {
        String stat = "4711 (a (strange) name) S 1 2 3 4 5 6 7 8 9 10 250 50 13 14 20 0 40 0 9 10\n";
        String status = "Name:\ta\nVmHWM:\t    9999 kB\nVmRSS:\t    2048 kB\nThreads:\t40\n";

        ProcessUsage usage = ProcessUsage.parse(stat, status);

        assertThat(usage).isEqualTo(new ProcessUsage(3.0, 2048 * 1024));
    }

    @Test
    void usageOfSeveralProcessesIsTheirSum() {
        assertThat(new ProcessUsage(1.5, 1024).plus(new ProcessUsage(0.25, 512)))
                .isEqualTo(new ProcessUsage(1.75, 1536));
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void thisProcessHasUsedCpuAndMemory() throws Exception {
        ProcessUsage usage = ProcessUsage.of(ProcessHandle.current().pid());

        assertThat(usage.cpuSeconds()).isPositive();
        assertThat(usage.residentBytes()).isGreaterThan(10_000_000);
    }
}
