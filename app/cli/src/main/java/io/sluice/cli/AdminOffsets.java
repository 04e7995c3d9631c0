package io.sluice.cli;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/** Asks for offsets through an admin client. */
final class AdminOffsets implements OffsetLookup {
    private final Admin admin;

    AdminOffsets(Admin admin) {
        this.admin = admin;
    }

    @Override
    public Map<TopicPartition, Long> starts(Collection<TopicPartition> partitions) {
        return ask(OffsetSpec.earliest(), partitions);
    }

    @Override
    public Map<TopicPartition, Long> ends(Collection<TopicPartition> partitions) {
        return ask(OffsetSpec.latest(), partitions);
    }

    @Override
    public Map<TopicPartition, Long> atOrAfter(long epochMs, Collection<TopicPartition> partitions) {
        Map<TopicPartition, Long> found = ask(OffsetSpec.forTimestamp(epochMs), partitions);
        found.values().removeIf(offset -> offset < 0); // -1: no message is that young
        return found;
    }

    private Map<TopicPartition, Long> ask(OffsetSpec spec, Collection<TopicPartition> partitions) {
        ListOffsetsResult result = admin.listOffsets(partitions.stream().collect(Collectors.toMap(p -> p, p -> spec)));
        Map<TopicPartition, Long> offsets = new HashMap<>();
        for (TopicPartition partition : partitions) {
            offsets.put(
                    partition,
                    Answer.of(result.partitionResult(partition), "partition " + partition)
                            .offset());
        }
        return offsets;
    }
}
