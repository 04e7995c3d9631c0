package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.testkit.SluiceBroker;
import io.sluice.testkit.SluiceTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@SluiceTest
@Timeout(60)
class ClusterDescribeTest {
    @SuppressWarnings("NullAway.Init")
    private BrokerCommands sluice;

    @BeforeEach
    void connect(SluiceBroker broker) {
        sluice = new BrokerCommands(broker);
    }

    @Test
    void describeShowsTheOnlyBroker() {
        sluice.ok("topic", "create", "shown", "--assignment", "0=1", "--assignment", "1=1");

        assertThat(sluice.ok("cluster", "describe"))
                .contains("controller  broker 1", "0 offline, 0 under min in-sync, 0 under-replicated")
                .containsPattern("BROKER +STATE +ADDRESS +RACK +LEADS +REPLICAS +SIZE")
                .containsPattern(" 1 +running +[^ ]+:\\d+ +- +[0-9,]+ +[0-9,]+ +[0-9.]+ [KMG]?i?B +controller")
                .doesNotContain("WHY", "MOVING");
    }

    @Test
    void describeAsJsonCanBeReadByPrograms() throws Exception {
        JsonNode cluster = new ObjectMapper().readTree(sluice.ok("cluster", "describe", "--json"));

        assertThat(cluster.get("controller").asInt()).isEqualTo(1);
        assertThat(cluster.at("/brokers/0/state").asText()).isEqualTo("running");
        assertThat(cluster.get("faults")).isEmpty();
    }

    @Test
    void assignmentThatNamesNoBrokersIsExplained() {
        assertThat(sluice.failure("topic", "create", "misassigned", "--assignment", "0=one"))
                .isEqualTo("sluice: --assignment 0=one: brokers are numbers with commas between, such as 0=1,2,3\n");
    }
}
