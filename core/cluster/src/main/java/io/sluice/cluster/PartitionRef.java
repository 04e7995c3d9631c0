package io.sluice.cluster;

/** Names a partition. */
public record PartitionRef(String topic, int partition) {
    @Override
    public String toString() {
        return topic + "-" + partition;
    }
}
