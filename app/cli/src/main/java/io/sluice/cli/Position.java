package io.sluice.cli;

import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A place in a topic's partitions, as a user names it. */
sealed interface Position {
    /** What the help of an option that takes a position says. */
    String FORMS = "earliest, latest, an offset, a time (2026-01-31T12:00, @epoch-ms) or how long ago (10m)";

    /** The first message that is still there. */
    record Earliest() implements Position {}

    /** Behind the last message. */
    record Latest() implements Position {}

    /** The message with this offset. */
    record Offset(long offset) implements Position {}

    /** The first message whose timestamp is this or later. */
    record Since(long epochMs) implements Position {}

    /**
     * The offset that the position means in each of the partitions, brought into what the partition holds: never before
     * its first message and never behind its end.
     */
    default Map<TopicPartition, Long> resolve(OffsetLookup lookup, Collection<TopicPartition> partitions) {
        if (this instanceof Earliest) {
            return lookup.starts(partitions);
        }
        Map<TopicPartition, Long> ends = lookup.ends(partitions);
        if (this instanceof Latest) {
            return ends;
        }
        Map<TopicPartition, Long> starts = lookup.starts(partitions);
        Map<TopicPartition, Long> found =
                this instanceof Since since ? lookup.atOrAfter(since.epochMs(), partitions) : Map.of();
        Map<TopicPartition, Long> offsets = new HashMap<>();
        for (TopicPartition partition : partitions) {
            long end = ends.getOrDefault(partition, 0L);
            long wanted = this instanceof Offset at ? at.offset() : found.getOrDefault(partition, end);
            offsets.put(partition, Math.min(Math.max(wanted, starts.getOrDefault(partition, 0L)), end));
        }
        return offsets;
    }

    /** Reads a position from the command line. */
    final class Converter implements ITypeConverter<Position> {
        private final Clock clock;

        /** For picocli. */
        Converter() {
            this(Clock.systemDefaultZone());
        }

        Converter(Clock clock) {
            this.clock = clock;
        }

        @Override
        public Position convert(String text) {
            if (text.equalsIgnoreCase("earliest")) {
                return new Earliest();
            }
            if (text.equalsIgnoreCase("latest")) {
                return new Latest();
            }
            try {
                if (text.matches("\\d{1,18}")) {
                    return new Offset(Long.parseLong(text));
                }
                if (text.matches("@\\d{1,18}")) {
                    return new Since(Long.parseLong(text.substring(1)));
                }
                if (DurationConverter.matches(text)) {
                    return new Since(
                            clock.instant().minus(DurationConverter.parse(text)).toEpochMilli());
                }
                return new Since(time(text, clock.getZone()).toEpochMilli());
            } catch (DateTimeException | ArithmeticException e) {
                throw new TypeConversionException("\"" + text + "\" is no position: give " + FORMS);
            }
        }

        private static Instant time(String text, ZoneId zone) {
            if (text.matches("\\d{4}-\\d\\d-\\d\\d")) {
                return LocalDate.parse(text).atStartOfDay(zone).toInstant();
            }
            if (text.matches(".*(Z|[+-]\\d\\d:?\\d\\d)")) {
                return java.time.OffsetDateTime.parse(text).toInstant();
            }
            return LocalDateTime.parse(text).atZone(zone).toInstant();
        }
    }
}
