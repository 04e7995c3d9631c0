package io.sluice.cli;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;

/** What is known about a topic; {@code --json} prints it as it stands. A figure of -1 is not known. */
record TopicReport(
        String name,
        String id,
        boolean internal,
        int replicas,
        long messages,
        long bytes,
        Map<String, String> settings,
        List<Partition> partitions,
        List<PartitionFault> faults) {

    TopicReport with(List<PartitionFault> found) {
        return new TopicReport(name, id, internal, replicas, messages, bytes, settings, partitions, found);
    }

    /**
     * One partition.
     *
     * @param leader -1 when there is none
     * @param eligible replicas that may lead once none in sync lives (KIP-966)
     * @param lastEligible replicas that might have everything, but cannot show it
     */
    record Partition(
            int partition,
            int leader,
            List<Integer> replicas,
            List<Integer> inSync,
            List<Integer> eligible,
            List<Integer> lastEligible,
            long startOffset,
            long endOffset,
            long bytes) {

        /** Offsets between start and end: the messages, where none was compacted away or marks a transaction. */
        @JsonProperty
        public long messages() {
            return startOffset < 0 || endOffset < 0 ? -1 : endOffset - startOffset;
        }
    }
}
