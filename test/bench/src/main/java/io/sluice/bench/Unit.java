package io.sluice.bench;

import java.util.Locale;

/** What a figure counts, and how it is printed. Whether more or less is better follows from the metric's target. */
enum Unit {
    RECORDS_PER_SECOND("records/s"),
    MEGABYTES_PER_SECOND("MB/s"),
    CPU_SECONDS_PER_MILLION("CPU s/M"),
    MILLISECONDS("ms"),
    SECONDS("s"),
    MEBIBYTES("MiB");

    private final String label;

    Unit(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }

    String format(double value) {
        if (Double.isNaN(value)) {
            return "-";
        }
        int decimals = value >= 1000 ? 0 : value >= 100 ? 1 : value >= 1 ? 2 : 3;
        return String.format(Locale.ROOT, "%,." + decimals + "f", value);
    }
}
