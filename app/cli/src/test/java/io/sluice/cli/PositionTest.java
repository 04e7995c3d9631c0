package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PositionTest {
    private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");
    private static final TopicPartition P0 = new TopicPartition("orders", 0);

    private final Position.Converter converter = new Position.Converter(Clock.fixed(NOW, ZoneOffset.UTC));

    @Test
    void positionIsReadInAllItsForms() {
        assertThat(converter.convert("earliest")).isEqualTo(new Position.Earliest());
        assertThat(converter.convert("Latest")).isEqualTo(new Position.Latest());
        assertThat(converter.convert("42")).isEqualTo(new Position.Offset(42));
        assertThat(converter.convert("@42")).isEqualTo(new Position.Since(42));
        assertThat(converter.convert("10m")).isEqualTo(since("2026-01-31T11:50:00Z"));
        assertThat(converter.convert("PT1H")).isEqualTo(since("2026-01-31T11:00:00Z"));
        assertThat(converter.convert("2026-01-30")).isEqualTo(since("2026-01-30T00:00:00Z"));
        assertThat(converter.convert("2026-01-30T10:15")).isEqualTo(since("2026-01-30T10:15:00Z"));
        assertThat(converter.convert("2026-01-30T10:15:00+01:00")).isEqualTo(since("2026-01-30T09:15:00Z"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-5", "yesterday", "2026-13-01", "99999999999999999999"})
    void positionThatIsNoneIsRefusedWithTheForms(String text) {
        assertThatThrownBy(() -> converter.convert(text)).hasMessageContaining("earliest, latest, an offset");
    }

    @Test
    void offsetIsBroughtIntoWhatThePartitionHolds() {
        OffsetLookup holds10To20 = new FixedOffsets(10, 20, -1);

        assertThat(new Position.Offset(5).resolve(holds10To20, List.of(P0))).containsEntry(P0, 10L);
        assertThat(new Position.Offset(15).resolve(holds10To20, List.of(P0))).containsEntry(P0, 15L);
        assertThat(new Position.Offset(25).resolve(holds10To20, List.of(P0))).containsEntry(P0, 20L);
    }

    @Test
    void timeIsTheFirstMessageAtOrAfterItAndTheEndWhereThereIsNone() {
        assertThat(new Position.Since(1).resolve(new FixedOffsets(10, 20, 17), List.of(P0)))
                .containsEntry(P0, 17L);
        assertThat(new Position.Since(1).resolve(new FixedOffsets(10, 20, -1), List.of(P0)))
                .containsEntry(P0, 20L);
    }

    private static Position since(String time) {
        return new Position.Since(Instant.parse(time).toEpochMilli());
    }

    /** One partition whose offsets never change; {@code at} below zero means that no message is that young. */
    private record FixedOffsets(long start, long end, long at) implements OffsetLookup {
        @Override
        public Map<TopicPartition, Long> starts(Collection<TopicPartition> partitions) {
            return Map.of(P0, start);
        }

        @Override
        public Map<TopicPartition, Long> ends(Collection<TopicPartition> partitions) {
            return Map.of(P0, end);
        }

        @Override
        public Map<TopicPartition, Long> atOrAfter(long epochMs, Collection<TopicPartition> partitions) {
            return at < 0 ? Map.of() : Map.of(P0, at);
        }
    }
}
