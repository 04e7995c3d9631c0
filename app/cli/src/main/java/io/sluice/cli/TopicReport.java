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
        List<Partition> partitions) {

    /** One partition; {@code leader} is -1 when there is none. */
    record Partition(
            int partition,
            int leader,
            List<Integer> replicas,
            List<Integer> inSync,
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
