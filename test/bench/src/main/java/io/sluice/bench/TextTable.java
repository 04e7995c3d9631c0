package io.sluice.bench;

import java.util.ArrayList;
import java.util.List;

/** A table for the terminal or for Markdown: the first columns to the left, figures to the right. */
final class TextTable {
    private final List<String> header;
    private final int leftColumns;
    private final List<List<String>> rows = new ArrayList<>();

    /** @param leftColumns how many columns from the left hold words and are set flush left */
    TextTable(List<String> header, int leftColumns) {
        this.header = List.copyOf(header);
        this.leftColumns = leftColumns;
    }

    void add(List<String> row) {
        if (row.size() != header.size()) {
            throw new IllegalArgumentException(row.size() + " cells for " + header.size() + " columns");
        }
        rows.add(List.copyOf(row));
    }

    String plain() {
        int[] widths = widths();
        StringBuilder text = new StringBuilder();
        text.append(line(header, widths, "  ")).append('\n');
        for (int width : widths) {
            text.append("-".repeat(width)).append("  ");
        }
        text.append('\n');
        rows.forEach(row -> text.append(line(row, widths, "  ")).append('\n'));
        return text.toString().replaceAll(" +\n", "\n");
    }

    String markdown() {
        StringBuilder text = new StringBuilder();
        text.append("| ").append(String.join(" | ", header)).append(" |\n|");
        for (int column = 0; column < header.size(); column++) {
            text.append(column < leftColumns ? " --- |" : " ---: |");
        }
        text.append('\n');
        rows.forEach(row -> text.append("| ").append(String.join(" | ", row)).append(" |\n"));
        return text.toString();
    }

    private int[] widths() {
        int[] widths = new int[header.size()];
        for (int column = 0; column < widths.length; column++) {
            widths[column] = header.get(column).length();
            for (List<String> row : rows) {
                widths[column] = Math.max(widths[column], row.get(column).length());
            }
        }
        return widths;
    }

    private String line(List<String> cells, int[] widths, String gap) {
        StringBuilder line = new StringBuilder();
        for (int column = 0; column < cells.size(); column++) {
            String padding = " ".repeat(widths[column] - cells.get(column).length());
            line.append(column < leftColumns ? cells.get(column) + padding : padding + cells.get(column));
            line.append(gap);
        }
        return line.toString();
    }
}
