package io.sluice.cli;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.LongStream;

/** What is known about a group; {@code --json} prints it as it stands. A figure of -1 is not known. */
record GroupReport(String name, String type, String state, List<Member> members, List<Partition> partitions) {

    /** One consumer of the group. */
    record Member(String id, String client, String host, String instance, int partitions) {}

    /** Where the group stands in a partition; {@code member} is empty when nobody reads it at the moment. */
    record Partition(String topic, int partition, long committed, long end, String member, String client, String host) {

        /** Messages between the committed offset and the end; -1 when nothing is committed or the end is not known. */
        @JsonProperty
        public long lag() {
            return committed < 0 || end < 0 ? -1 : Math.max(0, end - committed);
        }
    }

    /** Sum over the partitions whose lag is known; -1 when there is none. */
    @JsonProperty
    public long lag() {
        LongStream known = partitions.stream().mapToLong(Partition::lag).filter(lag -> lag >= 0);
        OptionalLong sum = known.reduce(Long::sum);
        return sum.orElse(-1);
    }

    /** How many topics the group stands in or reads. */
    long topics() {
        return partitions.stream().map(Partition::topic).distinct().count();
    }
}
