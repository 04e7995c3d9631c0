package io.sluice.cli;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Durations as people type them: {@code 500ms}, {@code 10s}, {@code 5m}, {@code 2h}, {@code 7d}, or ISO 8601 ({@code PT5M}). */
final class DurationConverter implements ITypeConverter<Duration> {
    private static final Pattern SIMPLE = Pattern.compile("(\\d{1,15})(ms|s|min|m|h|d|w)");

    @Override
    public Duration convert(String text) {
        return parse(text);
    }

    /** True when the text has the form of a duration. */
    static boolean matches(String text) {
        return SIMPLE.matcher(text).matches() || text.toUpperCase(Locale.ROOT).startsWith("P");
    }

    static Duration parse(String text) {
        Matcher simple = SIMPLE.matcher(text);
        try {
            if (!simple.matches()) {
                return Duration.parse(text);
            }
            long amount = Long.parseLong(simple.group(1));
            return switch (simple.group(2)) {
                case "ms" -> Duration.ofMillis(amount);
                case "s" -> Duration.ofSeconds(amount);
                case "m", "min" -> Duration.ofMinutes(amount);
                case "h" -> Duration.ofHours(amount);
                case "d" -> Duration.ofDays(amount);
                default -> Duration.ofDays(Math.multiplyExact(amount, 7L));
            };
        } catch (DateTimeParseException | ArithmeticException e) {
            throw new TypeConversionException("\"" + text + "\" is no duration: write 500ms, 10s, 5m, 2h or 7d");
        }
    }
}
