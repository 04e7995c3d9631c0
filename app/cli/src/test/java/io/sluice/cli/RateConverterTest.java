package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class RateConverterTest {
    private final RateConverter converter = new RateConverter();

    @Test
    void ratesAreInPowersOf1024() {
        assertThat(converter.convert("1")).isEqualTo(1);
        assertThat(converter.convert("500k")).isEqualTo(512_000);
        assertThat(converter.convert("50M")).isEqualTo(50L << 20);
        assertThat(converter.convert("2G")).isEqualTo(2L << 30);
        assertThat(converter.convert("999999999G")).isEqualTo(999_999_999L << 30);
        assertThat(converter.convert("999999999999M")).isEqualTo(999_999_999_999L << 20);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "-1", "M", "1.5M", "5T", "50 M", "9999999999G", "9999999999999"})
    void whatIsNoRateIsRefusedWithExamples(String text) {
        assertThatThrownBy(() -> converter.convert(text))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageContaining("write 500K, 50M, 2G");
    }
}
