package io.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MachineLimitsTest {
    @Test
    void theLimitInForceIsTheFirstColumn() {
        String limits = "Limit                     Soft Limit           Hard Limit           Units\n"
                + "Max processes             96000                96000                processes\n"
                + "Max open files            4096                 524288               files\n";
        assertThat(MachineLimits.openFiles(limits)).isEqualTo(4096);
    }

    @Test
    void noLimitLeavesTheHeapToDecide() {
        assertThat(MachineLimits.openFiles("Max open files            unlimited            unlimited            files"))
                .isEqualTo(Long.MAX_VALUE);
        assertThat(MachineLimits.openFiles("")).isEqualTo(Long.MAX_VALUE);
        assertThat(MachineLimits.connections()).isPositive().isLessThanOrEqualTo((int)
                (Runtime.getRuntime().maxMemory() / (16 * 1024)));
    }
}
