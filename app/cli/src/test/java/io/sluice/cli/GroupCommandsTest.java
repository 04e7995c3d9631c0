package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.testkit.SluiceBroker;
import io.sluice.testkit.SluiceTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@SluiceTest
@Timeout(60)
class GroupCommandsTest {
    @SuppressWarnings("NullAway.Init")
    private BrokerCommands sluice;

    @BeforeEach
    void connect(SluiceBroker broker) {
        sluice = new BrokerCommands(broker);
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void groupReadsOnWhereItStopped(String protocol) {
        String topic = "resumed-" + protocol;
        fiveMessages(topic);
        String[] read = {"consume", topic, "--group", topic, "-X", "group.protocol=" + protocol};

        assertThat(sluice.ok(with(read, "-n", "2"))).isEqualTo("0\n1\n");
        assertThat(sluice.ok(read)).isEqualTo("2\n3\n4\n");
        assertThat(sluice.ok(read)).isEmpty();
    }

    @Test
    void describeShowsWhereTheGroupStandsAndItsLag() {
        fiveMessages("stands");
        sluice.ok("consume", "stands", "--group", "standing", "-n", "2");

        assertThat(sluice.ok("group", "describe", "standing"))
                .contains("type     classic", "state    empty", "lag      3")
                .containsPattern("stands +0 +2 +5 +3 +- +-");
        assertThat(sluice.ok("group", "list")).containsPattern("standing +classic +empty +0 +1 +3");
        assertThat(sluice.ok("group", "describe", "standing", "--json")).contains("\"lag\" : 3");
    }

    @Test
    void resetChangesNothingUntilItIsExecuted() {
        fiveMessages("moved");
        sluice.ok("consume", "moved", "--group", "movers");

        assertThat(sluice.ok("group", "reset", "movers", "--to", "1")).containsPattern("moved +0 +5 +1 +-4");
        assertThat(sluice.ok("consume", "moved", "--group", "movers")).isEmpty();

        sluice.ok("group", "reset", "movers", "--to", "1", "--execute");
        assertThat(sluice.ok("consume", "moved", "--group", "movers", "-n", "1"))
                .isEqualTo("1\n");
    }

    @Test
    void resetMovesByMessagesAndToTimes() {
        fiveMessages("shifted");
        sluice.ok("consume", "shifted", "--group", "shifters");

        assertThat(sluice.ok("group", "reset", "shifters", "--shift-by", "-2")).containsPattern("shifted +0 +5 +3 +-2");
        assertThat(sluice.ok("group", "reset", "shifters", "--shift-by", "-9")).containsPattern("shifted +0 +5 +0 +-5");
        assertThat(sluice.ok("group", "reset", "shifters", "--to", "1h")).containsPattern("shifted +0 +5 +0 +-5");
        assertThat(sluice.ok("group", "reset", "shifters", "--to", "latest", "--topic", "shifted:0"))
                .containsPattern("shifted +0 +5 +5 +0");
    }

    @Test
    void groupThatNobodyHasSeenCanBeGivenAPlace() {
        fiveMessages("prepared");

        assertThat(sluice.failure("group", "reset", "newcomers", "--to", "latest"))
                .contains("group \"newcomers\" has committed nothing; name the topic with --topic");
        sluice.ok("group", "reset", "newcomers", "--to", "3", "--topic", "prepared", "--execute");

        assertThat(sluice.ok("consume", "prepared", "--group", "newcomers")).isEqualTo("3\n4\n");
    }

    @Test
    void deleteForgetsTheGroup() {
        fiveMessages("forgotten");
        sluice.ok("consume", "forgotten", "--group", "forgetters");

        assertThat(sluice.failure("group", "delete", "forgetters")).contains("give --yes to do it");
        assertThat(sluice.ok("group", "delete", "forgetters", "--yes")).isEqualTo("deleted forgetters\n");

        assertThat(sluice.failure("group", "describe", "forgetters"))
                .isEqualTo("sluice: group \"forgetters\" does not exist; ./sluice group list shows those that do\n");
    }

    @Test
    void deleteOfAGroupThatDoesNotExistAsksNothing() {
        assertThat(sluice.failure("group", "delete", "nosuch"))
                .isEqualTo("sluice: group \"nosuch\" does not exist; ./sluice group list shows those that do\n");
    }

    private void fiveMessages(String topic) {
        sluice.ok("produce", topic, "--value", "0", "--value", "1", "--value", "2", "--value", "3", "--value", "4");
    }

    private static String[] with(String[] words, String... more) {
        String[] all = java.util.Arrays.copyOf(words, words.length + more.length);
        System.arraycopy(more, 0, all, words.length, more.length);
        return all;
    }
}
