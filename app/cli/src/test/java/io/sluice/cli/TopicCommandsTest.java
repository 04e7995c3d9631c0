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
class TopicCommandsTest {
    @SuppressWarnings("NullAway.Init")
    private BrokerCommands sluice;

    @BeforeEach
    void connect(SluiceBroker broker) {
        sluice = new BrokerCommands(broker);
    }

    @Test
    void createSaysWhatItMade() {
        assertThat(sluice.ok("topic", "create", "created", "-p", "3")).isEqualTo("created created with 3 partitions\n");
    }

    @Test
    void createdTopicIsListedWithItsMessages() {
        sluice.ok("topic", "create", "listed", "-p", "2");
        sluice.ok("produce", "listed", "--value", "hello");

        assertThat(sluice.ok("topic", "list", "list*")).matches("""
                        TOPIC +PARTITIONS +REPLICAS +MESSAGES +SIZE
                        listed +2 +1 +1 +\\d+ B
                        """);
        assertThat(sluice.ok("topic", "list", "list*", "--names")).isEqualTo("listed\n");
    }

    @Test
    void describeShowsSettingsAndPartitions() {
        sluice.ok("topic", "create", "described", "-p", "2", "--set", "retention.ms=604800000");

        assertThat(sluice.ok("topic", "describe", "described"))
                .contains("partitions  2, replicas 1", "retention.ms=604800000  (7 d)")
                .containsPattern(
                        "PARTITION +LEADER +REPLICAS +IN SYNC +ELIGIBLE +LAST ELIGIBLE +START +END +MESSAGES +SIZE");
    }

    @Test
    void describeAsJsonCanBeReadByPrograms() throws Exception {
        sluice.ok("topic", "create", "json-topic", "-p", "2");

        JsonNode topic = new ObjectMapper()
                .readTree(sluice.ok("topic", "describe", "json-topic", "--json"))
                .get(0);

        assertThat(topic.get("name").asText()).isEqualTo("json-topic");
        assertThat(topic.get("partitions")).hasSize(2);
        assertThat(topic.get("partitions").get(0).get("messages").asLong()).isZero();
    }

    @Test
    void alterChangesSettingsAndAddsPartitions() {
        sluice.ok("topic", "create", "altered", "--set", "max.message.bytes=2000");

        sluice.ok("topic", "alter", "altered", "--set", "retention.ms=5000", "--unset", "max.message.bytes", "-p", "4");

        assertThat(sluice.ok("topic", "describe", "altered"))
                .contains("partitions  4", "retention.ms=5000  (5 s)")
                .doesNotContain("max.message.bytes");
    }

    @Test
    void unknownSettingIsOneLineWithTheNearest() {
        sluice.ok("topic", "create", "misspelt");

        assertThat(sluice.failure("topic", "alter", "misspelt", "--set", "retenton.ms=1"))
                .contains("misspelt", "retenton.ms", "did you mean retention.ms?");
    }

    @Test
    void creatingTwiceIsAnErrorUnlessAllowed() {
        sluice.ok("topic", "create", "twice");

        assertThat(sluice.failure("topic", "create", "twice"))
                .isEqualTo("sluice: topic \"twice\" exists already; --if-not-exists makes that no error\n");
        assertThat(sluice.ok("topic", "create", "twice", "--if-not-exists")).isEqualTo("twice exists already\n");
    }

    @Test
    void validateOnlyMakesNothing() {
        assertThat(sluice.ok("topic", "create", "imagined", "--validate-only"))
                .isEqualTo("imagined could be created\n");

        assertThat(sluice.ok("topic", "list", "--names")).doesNotContain("imagined");
    }

    @Test
    void deleteAsksForYes() {
        sluice.ok("topic", "create", "doomed");

        assertThat(sluice.failure("topic", "delete", "doomed"))
                .isEqualTo("sluice: would delete doomed (0 messages); give --yes to do it\n");
        assertThat(sluice.ok("topic", "delete", "doomed", "--yes")).isEqualTo("deleted doomed\n");
        assertThat(sluice.ok("topic", "list", "--names")).doesNotContain("doomed");
    }

    @Test
    void topicThatIsNotThereIsNamed() {
        assertThat(sluice.failure("topic", "describe", "nowhere"))
                .isEqualTo("sluice: topic \"nowhere\" does not exist; ./sluice topic list shows those that do\n");
    }

    @Test
    void deleteOfATopicThatIsNotThereAsksNothing() {
        assertThat(sluice.failure("topic", "delete", "nowhere"))
                .isEqualTo("sluice: topic \"nowhere\" does not exist; ./sluice topic list shows those that do\n");
    }

    @Test
    void illegalNameIsExplained() {
        assertThat(sluice.failure("topic", "create", "no blanks")).contains("no blanks", "not a legal name");
    }
}
