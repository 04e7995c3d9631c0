package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationConverterTest {
    @ParameterizedTest
    @CsvSource({
        "500ms, 500",
        "10s, 10000",
        "5m, 300000",
        "5min, 300000",
        "2h, 7200000",
        "7d, 604800000",
        "1w, 604800000",
        "PT1M30S, 90000"
    })
    void durationIsReadAsPeopleTypeIt(String text, long millis) {
        assertThat(DurationConverter.parse(text).toMillis()).isEqualTo(millis);
        assertThat(DurationConverter.matches(text)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "10", "s", "-5s", "ten minutes", "999999999999999w"})
    void durationThatIsNoneIsRefusedWithExamples(String text) {
        assertThatThrownBy(() -> DurationConverter.parse(text)).hasMessageContaining("write 500ms, 10s");
    }
}
