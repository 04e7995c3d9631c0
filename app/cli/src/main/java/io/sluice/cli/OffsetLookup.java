package io.sluice.cli;

import java.util.Collection;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/** Where the offsets of partitions can be asked for: a consumer has a connection already, an admin client too. */
interface OffsetLookup {
    /** The first offset of each partition. */
    Map<TopicPartition, Long> starts(Collection<TopicPartition> partitions);

    /** The offset behind the last message of each partition. */
    Map<TopicPartition, Long> ends(Collection<TopicPartition> partitions);

    /** The first offset whose timestamp is at or after the given one; partitions without such a message are left out. */
    Map<TopicPartition, Long> atOrAfter(long epochMs, Collection<TopicPartition> partitions);
}
