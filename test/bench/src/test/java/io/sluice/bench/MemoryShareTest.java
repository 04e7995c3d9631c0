package io.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class MemoryShareTest {
    @Test
    void shareIsPssAndNotOneOfItsParts() {
        String rollup = "Rss: 2048 kB\nPss_Dirty: 12 kB\nPss:\t    1024 kB\nPss_Anon: 1000 kB\n";

        assertThat(MemoryShare.parse(rollup)).isEqualTo(new MemoryShare(1024 * 1024));
    }

    @Test
    void kernelThatTellsNoneIsNamed() {
        assertThatThrownBy(() -> MemoryShare.parse("Rss: 2048 kB\n"))
                .isInstanceOf(BenchException.class)
                .hasMessageContaining("tells no Pss");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void thisProcessTakesAboutWhatItHasResident() throws Exception {
        long pid = ProcessHandle.current().pid();

        MemoryShare share = MemoryShare.of(pid);

        assertThat(share.bytes())
                .isGreaterThan(10_000_000)
                .isLessThan(2 * ProcessUsage.of(pid).residentBytes());
    }
}
