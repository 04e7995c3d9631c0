package io.sluice.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Bytes a second as people type them: {@code 500K}, {@code 50M}, {@code 2G} in powers of 1024, or a plain number. */
final class RateConverter implements ITypeConverter<Long> {
    private static final Pattern RATE = Pattern.compile("([1-9]\\d{0,11})([KMG]?)");

    @Override
    public Long convert(String text) {
        Matcher rate = RATE.matcher(text.toUpperCase(Locale.ROOT));
        if (!rate.matches() || rate.group(1).length() > longest(rate.group(2))) {
            throw new TypeConversionException(
                    "\"" + text + "\" is no rate in bytes a second: write 500K, 50M, 2G or a number from 1 on");
        }
        return Long.parseLong(rate.group(1)) << power(rate.group(2));
    }

    /** How many digits fit. */
    private static int longest(String unit) {
        return unit.equals("G") ? 9 : 12;
    }

    private static int power(String unit) {
        return switch (unit) {
            case "K" -> 10;
            case "M" -> 20;
            case "G" -> 30;
            default -> 0;
        };
    }
}
