package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HumanTest {
    @ParameterizedTest
    @CsvSource({
        "-1, -",
        "0, 0 B",
        "999, 999 B",
        "1000, 0.98 KiB",
        "1024, 1.00 KiB",
        "10240, 10.0 KiB",
        "102400, 100 KiB",
        "1048575, 1.00 MiB",
        "12900000, 12.3 MiB",
        "9223372036854775807, 8.00 EiB"
    })
    void bytesShowThreeDigitsAndAUnit(long bytes, String shown) {
        assertThat(Human.bytes(bytes)).isEqualTo(shown);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0 ms",
        "999, 999 ms",
        "1000, 1 s",
        "61000, 1 min 1 s",
        "604800000, 7 d",
        "5400000, 1 h 30 min",
        "90061000, 1 d 1 h"
    })
    void durationShowsItsTwoLargestUnits(long millis, String shown) {
        assertThat(Human.duration(Duration.ofMillis(millis))).isEqualTo(shown);
    }

    @ParameterizedTest
    @CsvSource(
            value = {"-1|-", "0|0", "1234567|1,234,567"},
            delimiter = '|')
    void countSetsThousandsApart(long number, String shown) {
        assertThat(Human.count(number)).isEqualTo(shown);
    }
}
