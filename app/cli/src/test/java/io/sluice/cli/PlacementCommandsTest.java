package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.testkit.SluiceBroker;
import io.sluice.testkit.SluiceTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Commands about brokers and where replicas are, as far as one broker can show them. */
@SluiceTest
@Timeout(60)
class PlacementCommandsTest {
    @SuppressWarnings("NullAway.Init")
    private BrokerCommands sluice;

    @BeforeEach
    void connect(SluiceBroker broker) {
        sluice = new BrokerCommands(broker);
    }

    @Test
    void cordonedBrokerIsShownAsSuchUntilItIsUncordoned() {
        assertThat(sluice.ok("broker", "cordon", "1")).isEqualTo("broker 1 gets no new replicas\n");
        assertThat(sluice.ok("broker", "list")).contains("running, cordoned");
        assertThat(sluice.ok("broker", "uncordon", "1")).isEqualTo("broker 1 gets replicas again\n");
        assertThat(sluice.ok("broker", "list")).doesNotContain("cordoned");
    }

    @Test
    void brokerThatIsNotThereIsNamedWithThoseThatAre() {
        assertThat(sluice.failure("broker", "drain", "7")).isEqualTo("sluice: there is no broker 7, only 1\n");
        assertThat(sluice.failure("broker", "cordon", "7")).contains("there is no broker 7");
    }

    @Test
    void onlyBrokerIsNeededAndCannotBeDrained() {
        sluice.ok("topic", "create", "held", "-p", "2");

        assertThat(sluice.failure("broker", "stop-check", "1")).contains("broker 1 is needed: without it ");
        assertThat(sluice.failure("broker", "drain", "1"))
                .contains("broker 1 cannot be drained", "add a broker, or give the topics fewer replicas");
        assertThat(sluice.failure("broker", "unregister", "1")).contains("is still to hold", "broker drain 1");
    }

    @Test
    void balancedClusterHasNothingToMove() throws Exception {
        assertThat(sluice.ok("cluster", "balance", "--execute")).startsWith("nothing to move");
        assertThat(new ObjectMapper()
                        .readTree(sluice.ok("cluster", "balance", "--json"))
                        .get("moves"))
                .isEmpty();
    }

    @Test
    void electionSaysThatThereIsNothingToDo() {
        assertThat(sluice.ok("cluster", "elect")).isEqualTo("every partition is led by its preferred leader\n");
        assertThat(sluice.ok("cluster", "elect", "--unclean")).isEqualTo("no partition is offline\n");
        assertThat(sluice.failure("cluster", "elect", "nowhere:3"))
                .contains("there is no topic or partition \"nowhere:3\"");
    }

    @Test
    void reassignmentShowsItsPlanOrSaysWhatIsMissing() {
        sluice.ok("topic", "create", "stays", "-p", "2");

        assertThat(sluice.ok("topic", "reassign", "stays", "--brokers", "1"))
                .isEqualTo("nothing to move: stays is there already\n");
        assertThat(sluice.ok("topic", "reassign", "stays", "--cancel")).isEqualTo("no partition of stays is moving\n");
        assertThat(sluice.failure("topic", "reassign", "stays", "--replicas", "2"))
                .contains("stays-0 cannot have 2 replicas");
        assertThat(sluice.failure("topic", "reassign", "stays", "--brokers", "4"))
                .contains("there is no broker 4");
        CommandRun misuse = CommandRun.of("topic", "reassign", "stays");
        assertThat(misuse.status()).isEqualTo(2);
        assertThat(misuse.err()).contains("say where to: --assignment PARTITION=BROKER,...");
    }

    @Test
    void moveToABrokerThatDoesNotExistIsRefused() {
        sluice.ok("topic", "create", "moves");

        assertThat(CommandRun.of(
                                "topic",
                                "reassign",
                                "moves",
                                "--assignment",
                                "0=9",
                                "--execute",
                                "--bootstrap",
                                sluice.broker().bootstrapServers())
                        .err())
                .contains("moves-0", "broker 9 can't take replicas");
    }

    @Test
    void verifyReadsWhatABrokerHas() throws Exception {
        sluice.ok("topic", "create", "verified", "-p", "1");
        sluice.ok("produce", "verified", "--value", "one");
        sluice.ok("produce", "verified", "--value", "two");

        assertThat(sluice.ok("cluster", "verify", "--topic", "verified"))
                .containsPattern("verified-0 +0 +2 +1 +- +[0-9a-f]{12}\n")
                .endsWith("all replicas of 1 partition are equal\n");
        assertThat(new ObjectMapper()
                        .readTree(sluice.ok("cluster", "verify", "--topic", "verified", "--json"))
                        .at("/0/equal/0")
                        .asInt())
                .isEqualTo(1);
    }
}
