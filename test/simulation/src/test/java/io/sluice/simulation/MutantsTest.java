package io.sluice.simulation;

import static io.sluice.simulation.Mutant.altered;
import static io.sluice.simulation.Mutant.always;
import static io.sluice.simulation.Mutant.begun;
import static io.sluice.simulation.Mutant.instead;
import static io.sluice.simulation.Mutant.without;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cluster.ClusterBugs;
import io.sluice.engine.EngineBugs;
import java.io.PrintStream;
import java.util.Optional;
import java.util.stream.Stream;
import net.bytebuddy.implementation.FixedValue;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each rule is broken once, in a copy of the classes; the simulation must notice within so many seeds. */
class MutantsTest {
    private static final long SEEDS = Long.getLong("sluice.mutant.seeds", 2_000);

    static Stream<Mutant> ofOneBroker() {
        return Stream.of(
                without("S3", "the flush point moves without an fsync", "log.LogFlush.sync", Scenario.SINGLE),
                always("T1", "duplicates are not recognised", "log.ProducerState.find", -1, Scenario.SINGLE),
                always(
                        "R1",
                        "acknowledgements do not wait for the disk",
                        "log.LogConfig$Flush.beforeAck",
                        false,
                        Scenario.SINGLE));
    }

    static Stream<Mutant> ofReplication() {
        return Stream.of(
                always(
                        "R1",
                        "too few replicas in sync are enough",
                        "replication.LeaderState.enoughInSync",
                        true,
                        Scenario.CLUSTER),
                always(
                        "R2",
                        "who is being added does not count",
                        "replication.LeaderState.isBeingAdded",
                        false,
                        Scenario.CLUSTER),
                altered(
                        "R3",
                        "the leader shrinks the in-sync set by itself",
                        "replication.LeaderState.propose",
                        PlantedBugs.ShrinksAtOnce.class,
                        Scenario.CLUSTER),
                always(
                        "R4",
                        "a follower joins however short it is",
                        "replication.FollowerProgress.endOffset",
                        Long.MAX_VALUE,
                        Scenario.CLUSTER),
                altered(
                        "R5",
                        "a follower's high watermark passes its end",
                        "replication.FollowerState.highWatermark",
                        PlantedBugs.TakesTheLeadersHighWatermark.class,
                        Scenario.CLUSTER),
                altered(
                        "R6",
                        "a follower cuts to its high watermark",
                        "engine.FollowerLog.prepare",
                        EngineBugs.CutsToTheHighWatermark.class,
                        Scenario.CLUSTER),
                altered(
                        "R9",
                        "an election begins no epoch",
                        "cluster.PartitionDraft.next",
                        PlantedBugs.ElectsWithoutANewEpoch.class,
                        Scenario.CLUSTER),
                instead(
                        "R10",
                        "a follower takes any batch",
                        "log.LogAppender.misfit",
                        FixedValue.nullValue(),
                        Scenario.CLUSTER));
    }

    static Stream<Mutant> ofTheController() {
        return Stream.of(
                always(
                        "R12",
                        "a quick restart is no failure",
                        "cluster.RegistrationPlanner.hasRestarted",
                        false,
                        Scenario.CLUSTER),
                altered(
                        "R16",
                        "anybody may lead",
                        "cluster.LeaderElection.choose",
                        PlantedBugs.ElectsAnybody.class,
                        Scenario.CLUSTER));
    }

    static Stream<Mutant> ofTerms() {
        return Stream.of(
                begun(
                        "R8",
                        "who has not fetched in this leader epoch counts as having everything",
                        "replication.FollowerProgress",
                        PlantedBugs.CountsBeforeTheFirstFetch.class,
                        Scenario.CLUSTER),
                always(
                        "R14",
                        "every restart counts as whole",
                        "cluster.RegistrationPlanner.isUnproven",
                        false,
                        Scenario.DRILLS),
                altered(
                        "R17",
                        "a new controller begins no epoch",
                        "cluster.Membership.elect",
                        ClusterBugs.ElectsInTheOldEpoch.class,
                        Scenario.CLUSTER),
                altered(
                        "R19",
                        "a write whose answer was lost is taken for done",
                        "cluster.Term.fateOfLastWrite",
                        ClusterBugs.BelievesThatItWasWritten.class,
                        Scenario.CLUSTER),
                altered(
                        "R21",
                        "a move ends when it begins",
                        "cluster.PartitionDraft.completeMove",
                        ClusterBugs.EndsMovesAtOnce.class,
                        Scenario.MOVES));
    }

    static Stream<Mutant> ofDisks() {
        return Stream.of(
                without("R15", "a damaged log is no reason to doubt", "log.StoreProof.doubt", Scenario.ROT),
                without("R20", "a clean shutdown does not flush", "log.StoreClosing.flush", Scenario.OFF),
                altered(
                        "R24",
                        "a folder stays in service after its disk has failed",
                        "log.DataFolder.fail",
                        PlantedBugs.StaysInService.class,
                        Scenario.SINGLE));
    }

    static Stream<Mutant> ofTopics() {
        return Stream.of(
                altered(
                        "R11",
                        "a follower below its leader's start waits",
                        "replication.FollowerState.onOutOfRange",
                        PlantedBugs.WaitsBelowTheStart.class,
                        Scenario.DELETIONS),
                altered(
                        "R22",
                        "one topic is taken for another of its name",
                        "engine.Partitions.topic",
                        EngineBugs.TakesAnyTopicForAnother.class,
                        Scenario.TOPICS));
    }

    static Stream<Mutant> ofGroups() {
        return Stream.of(
                without("G4", "a coordinator begins without its log", "engine.GroupLog.readUpTo", Scenario.GROUPS),
                altered(
                        "G4",
                        "a coordinator does not wait until what it loads is committed",
                        "engine.GroupLog.awaitCommitted",
                        EngineBugs.ServesBeforeItIsCommitted.class,
                        Scenario.GROUPS),
                begun(
                        "G5",
                        "a commit is acknowledged before it is committed",
                        "engine.group.RunningShard",
                        EngineBugs.AnswersAtOnce.class,
                        Scenario.GROUPS));
    }

    /** What took turns that chance alone does not take. */
    static Stream<Mutant> ofDrills() {
        return Stream.of(
                always(
                        "R7",
                        "a follower does not look where its own epoch ends",
                        "replication.FollowerState$OwnLog.endOfEpoch",
                        Long.MAX_VALUE,
                        Scenario.DRILLS),
                altered(
                        "R13",
                        "any registration may join",
                        "cluster.IsrPlanner.complaint",
                        ClusterBugs.AnybodyMayJoin.class,
                        Scenario.DRILLS),
                altered(
                        "R18",
                        "a call is carried out in whatever term it comes",
                        "cluster.ControllerService.call",
                        ClusterBugs.ServesEveryTerm.class,
                        Scenario.TERMS));
    }

    /** What more seeds than were tried did not notice. */
    static Stream<Mutant> hardToNotice() {
        return Stream.of(altered(
                "R23",
                "a leader takes over older states of its partition",
                "replication.LeaderState.decided",
                PlantedBugs.TakesOlderStates.class,
                Scenario.CLUSTER));
    }

    static Stream<Mutant> all() {
        return Stream.of(
                        ofOneBroker(),
                        ofReplication(),
                        ofTheController(),
                        ofTerms(),
                        ofDisks(),
                        ofTopics(),
                        ofGroups(),
                        ofDrills())
                .flatMap(mutants -> mutants);
    }

    @ParameterizedTest
    @MethodSource("all")
    void brokenRuleIsNoticed(Mutant mutant) throws Exception {
        assertNoticed(mutant);
    }

    @ParameterizedTest
    @MethodSource("hardToNotice")
    @Tag("slow")
    void brokenRuleIsNoticedInTheLongRun(Mutant mutant) throws Exception {
        assertNoticed(mutant);
    }

    private static void assertNoticed(Mutant mutant) throws ReflectiveOperationException {
        PrintStream report = System.out;
        Optional<Mutant.Noticed> noticed = mutant.noticedWithin(SEEDS);
        report.println(mutant + ": " + noticed);
        assertThat(noticed).as("the seed that notices: %s", mutant).isPresent();
    }
}
