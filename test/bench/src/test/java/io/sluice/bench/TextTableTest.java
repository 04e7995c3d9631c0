package io.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class TextTableTest {
    private final TextTable table = new TextTable(List.of("figure", "value"), 1);

    @Test
    void plainTableAlignsWordsLeftAndFiguresRight() {
        table.add(List.of("rate", "1,000"));
        table.add(List.of("p99.9", "7"));

        assertThat(table.plain()).isEqualTo("""
                        figure  value
                        ------  -----
                        rate    1,000
                        p99.9       7
                        """);
    }

    @Test
    void markdownTableSaysHowColumnsAreAligned() {
        table.add(List.of("rate", "1,000"));

        assertThat(table.markdown()).isEqualTo("""
                        | figure | value |
                        | --- | ---: |
                        | rate | 1,000 |
                        """);
    }

    @Test
    void rowOfAnotherWidthIsRefused() {
        assertThatThrownBy(() -> table.add(List.of("alone"))).isInstanceOf(IllegalArgumentException.class);
    }
}
