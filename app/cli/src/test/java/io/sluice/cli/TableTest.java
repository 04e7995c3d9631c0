package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class TableTest {
    @Test
    void tableAlignsTextLeftAndNumbersRight() {
        Table table = new Table("TOPIC", ">MESSAGES");
        table.row("orders", "1,234");
        table.row("a-rather-long-name", 5);

        assertThat(print(table)).isEqualTo("""
                        TOPIC               MESSAGES
                        orders                 1,234
                        a-rather-long-name         5
                        """);
    }

    @Test
    void tableGivesWideCharactersTheTwoColumnsThatATerminalDrawsThemIn() {
        Table table = new Table("KEY", ">N");
        table.row("😀", 1);
        table.row("日本語", 2);
        table.row("Grüße", 3);
        table.row("e\u0301te\u0301", 4); // accents as characters of their own

        assertThat(print(table)).isEqualTo("""
                        KEY     N
                        😀      1
                        日本語  2
                        Grüße   3
                        e\u0301te\u0301     4
                        """);
    }

    @Test
    void tableShowsControlCharactersInsteadOfObeyingThem() {
        Table table = new Table("GROUP", ">N");
        table.row("a\u001b[2J\nb", 1);

        assertThat(print(table)).isEqualTo("GROUP    N\na\uFFFD[2J\uFFFDb  1\n");
    }

    @Test
    void tableWithoutRowsIsItsHeader() {
        assertThat(print(new Table("TOPIC", ">N"))).isEqualTo("TOPIC  N\n");
    }

    @Test
    void tableRefusesRowOfAnotherWidth() {
        Table table = new Table("A", "B");

        assertThatThrownBy(() -> table.row("only one")).hasMessageContaining("1 cells for 2 columns");
    }

    private static String print(Table table) {
        StringWriter text = new StringWriter();
        table.print(new PrintWriter(text));
        return text.toString().replace(System.lineSeparator(), "\n");
    }
}
