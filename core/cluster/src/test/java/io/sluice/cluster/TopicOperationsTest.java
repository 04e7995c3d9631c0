package io.sluice.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.base.ManualLoop;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TopicOperationsTest {
    private final ManualLoop loop = new ManualLoop();
    private final FakeCoordination server = new FakeCoordination();
    private final TestNode node = TestNode.joined(loop, server);

    @ParameterizedTest
    @ValueSource(strings = {"a", "A.b_c-9", "__consumer_offsets", "...", "x.y"})
    void nameThatKafkaAllowsIsAllowed(String name) {
        assertThat(create(NewTopic.of(name, 1, 1)).isDone()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "a/b", "ä", "a b", "a:b", "../../etc/passwd", "a\u0000"})
    void nameThatKafkaForbidsIsRefused(String name) {
        assertRefused(create(NewTopic.of(name, 1, 1)), Refusal.INVALID_TOPIC_NAME, "opic name");
    }

    @Test
    void nameMayHave249LettersAndNoMore() {
        assertThat(create(NewTopic.of("x".repeat(249), 1, 1)).isDone()).isTrue();
        assertRefused(create(NewTopic.of("x".repeat(250), 1, 1)), Refusal.INVALID_TOPIC_NAME, "249");
    }

    @Test
    void nameThatDiffersInDotAndUnderscoreOnlyIsRefused() {
        node.create("a.b", 1);

        assertRefused(
                create(NewTopic.of("a_b", 1, 1)), Refusal.INVALID_TOPIC_NAME, "collides with the existing topic 'a.b'");
        node.await(node.cluster().deleteTopics(List.of(TopicRef.name("a.b"))));
        assertThat(create(NewTopic.of("a_b", 1, 1)).isDone()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1, INVALID_PARTITIONS, 0 partitions",
        "-2, 1, INVALID_PARTITIONS, -2 partitions",
        "100001, 1, INVALID_PARTITIONS, the most is 100000",
        "1, 0, INVALID_REPLICATION_FACTOR, replication factor 0",
        "1, 2, INVALID_REPLICATION_FACTOR, only 1 broker is available",
        "1, -2, INVALID_REPLICATION_FACTOR, replication factor -2",
    })
    void impossibleCountIsRefused(int partitions, int factor, Refusal reason, String message) {
        Outcome<TopicImage> outcome = create(NewTopic.of("orders", partitions, factor));

        assertRefused(outcome, reason, message);
        assertRefused(outcome, reason, "'orders'");
    }

    @Test
    void defaultsComeFromTheClustersSettings() {
        node.await(node.cluster()
                .editConfigs(
                        Map.of(ConfigResource.CLUSTER_DEFAULT, List.of(ConfigEdit.set("num.partitions", "7"))), false));

        Outcome<TopicImage> outcome = create(NewTopic.withDefaults("orders"));

        assertThat(((Outcome.Done<TopicImage>) outcome).value().partitionCount())
                .isEqualTo(7);
    }

    @Test
    void existingTopicIsRefusedByCreateAndGivenByEnsure() {
        TopicImage topic = node.create("orders", 2);

        assertRefused(create(NewTopic.of("orders", 1, 1)), Refusal.TOPIC_ALREADY_EXISTS, "'orders' already exists");
        assertThat(node.awaitOne(node.cluster().ensureTopics(List.of(NewTopic.withDefaults("orders")))))
                .isEqualTo(Outcome.done(topic));
    }

    @Test
    void ensuringTheSameTopicFromManySidesMakesOne() {
        List<CompletionStage<List<Outcome<TopicImage>>>> all = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            all.add(node.cluster().ensureTopics(List.of(NewTopic.withDefaults("auto"))));
        }

        assertThat(all.stream().map(node::awaitOne).distinct()).hasSize(1).allMatch(Outcome::isDone);
        assertThat(server.children("/topics")).hasSize(1);
    }

    @Test
    void topicNamedTwiceInOneRequestIsRefusedBothTimes() {
        List<Outcome<TopicImage>> outcomes = node.await(node.cluster()
                .createTopics(List.of(NewTopic.of("a", 1, 1), NewTopic.of("b", 1, 1), NewTopic.of("a", 2, 1)), false));

        assertRefused(outcomes.get(0), Refusal.INVALID_REQUEST, "named twice");
        assertThat(outcomes.get(1).isDone()).isTrue();
        assertRefused(outcomes.get(2), Refusal.INVALID_REQUEST, "named twice");
    }

    @Test
    void validatingChangesNothing() {
        Map<String, String> before = server.dump();

        Outcome<TopicImage> good = node.awaitOne(node.cluster().createTopics(List.of(NewTopic.of("a", 3, 1)), true));
        Outcome<TopicImage> bad = node.awaitOne(node.cluster().createTopics(List.of(NewTopic.of("b", 3, 9)), true));

        assertThat(((Outcome.Done<TopicImage>) good).value().partitionCount()).isEqualTo(3);
        assertThat(bad.isDone()).isFalse();
        assertThat(server.dump()).isEqualTo(before);
        assertThat(node.cluster().image().topicCount()).isZero();
    }

    @Test
    void manualAssignmentIsTakenAsItIs() {
        new TestNode(loop, server, 2, Map.of()).join();
        loop.runAll();

        Outcome<TopicImage> outcome = create(assigned("manual", List.of(List.of(2, 1), List.of(1, 2))));

        List<PartitionImage> partitions =
                ((Outcome.Done<TopicImage>) outcome).value().partitions();
        assertThat(partitions.get(0).replicas()).containsExactly(2, 1);
        assertThat(partitions.get(0).leader()).isEqualTo(2);
        assertThat(partitions.get(1).isr()).containsExactly(1, 2);
    }

    @Test
    void impossibleAssignmentIsRefused() {
        assertRefused(
                create(assigned("m", List.of(List.of(1), List.of()))),
                Refusal.INVALID_REPLICA_ASSIGNMENT,
                "assignment 1: no broker");
        assertRefused(create(assigned("m", List.of(List.of(1, 1)))), Refusal.INVALID_REPLICA_ASSIGNMENT, "twice");
        assertRefused(
                create(assigned("m", List.of(List.of(7)))),
                Refusal.INVALID_REPLICA_ASSIGNMENT,
                "broker 7 is not available");
        assertRefused(
                create(assigned("m", List.of(List.of(1), List.of(1, 2)))),
                Refusal.INVALID_REPLICA_ASSIGNMENT,
                "2 replicas where others have 1");
        assertRefused(
                create(new NewTopic("m", 1, 1, List.of(List.of(1)), Map.of())), Refusal.INVALID_REQUEST, "must be -1");
    }

    @Test
    void badSettingIsRefusedWithTopicAndReason() {
        assertRefused(create(configured("retention.ms", "soon")), Refusal.INVALID_CONFIG, "Topic 'orders'");
        assertRefused(
                create(configured("retention.ms", "soon")), Refusal.INVALID_CONFIG, "'soon' is not a whole number");
        assertRefused(create(configured("retention.mz", "1")), Refusal.INVALID_CONFIG, "did you mean retention.ms?");
        assertRefused(create(configured("remote.storage.enable", "true")), Refusal.INVALID_CONFIG, "not supported");
        assertThat(create(configured("remote.storage.enable", "false")).isDone())
                .isTrue();
    }

    @Test
    void topicTooLargeForTheStoreIsRefused() {
        node.store().setMaxRequestBytes(1_000_000);

        Outcome<TopicImage> outcome = create(NewTopic.of("huge", 100_000, 1));

        assertRefused(outcome, Refusal.INVALID_PARTITIONS, "bytes in the coordination store");
        assertThat(create(NewTopic.of("wide", 20_000, 1)).isDone()).isTrue();
    }

    @Test
    void partitionsAreAddedAtTheEnd() {
        TopicImage before = node.create("orders", 2);

        Outcome<TopicImage> outcome = morePartitions(new MorePartitions("orders", 5, List.of()));

        TopicImage after = ((Outcome.Done<TopicImage>) outcome).value();
        assertThat(after.id()).isEqualTo(before.id());
        assertThat(after.partitions()).hasSize(5).startsWith(before.partitions().toArray(PartitionImage[]::new));
        assertThat(node.cluster().image().topic("orders")).contains(after);
        assertThat(node.cluster().image().partitionCount()).isEqualTo(5);
    }

    @Test
    void impossibleGrowthIsRefused() {
        node.create("orders", 3);

        assertRefused(morePartitions(new MorePartitions("nope", 5, List.of())), Refusal.UNKNOWN_TOPIC, "'nope'");
        assertRefused(
                morePartitions(new MorePartitions("orders", 3, List.of())),
                Refusal.INVALID_PARTITIONS,
                "has 3 partitions already");
        assertRefused(
                morePartitions(new MorePartitions("orders", 2, List.of())),
                Refusal.INVALID_PARTITIONS,
                "can't be taken away");
        assertRefused(
                morePartitions(new MorePartitions("orders", 5, List.of(List.of(1)))),
                Refusal.INVALID_REPLICA_ASSIGNMENT,
                "gets 2 more partitions, but 1 are assigned");
        assertRefused(
                morePartitions(new MorePartitions("orders", 4, List.of(List.of(9)))),
                Refusal.INVALID_REPLICA_ASSIGNMENT,
                "broker 9");
        assertThat(morePartitions(new MorePartitions("orders", 4, List.of(List.of(1))))
                        .isDone())
                .isTrue();
    }

    @Test
    void deletionCanBeForbidden() {
        TestNode strict = new TestNode(loop, new FakeCoordination(), 1, Map.of("delete.topic.enable", "false")).join();
        strict.create("orders", 1);

        Outcome<TopicImage> outcome = strict.awaitOne(strict.cluster().deleteTopics(List.of(TopicRef.name("orders"))));

        assertRefused(outcome, Refusal.TOPIC_DELETION_DISABLED, "delete.topic.enable is false");
    }

    @Test
    void manyTopicsGoIntoFewTransactions() {
        int before = node.store().multis().size();

        List<Outcome<TopicImage>> outcomes = node.await(node.cluster()
                .createTopics(
                        IntStream.range(0, 3000)
                                .mapToObj(i -> NewTopic.of("t" + i, 1, 1))
                                .toList(),
                        false));

        assertThat(outcomes).hasSize(3000).allMatch(Outcome::isDone);
        assertThat(node.store().multis().size() - before).isLessThan(10);
        assertThat(node.store().multis()).allSatisfy(ops -> assertThat(
                        ops.stream().mapToInt(StoreOp::requestBytes).sum())
                .isLessThan(node.store().maxRequestBytes()));
        assertThat(node.cluster().image().topicCount()).isEqualTo(3000);
    }

    @Test
    void emptyRequestIsAnsweredAtOnce() {
        assertThat(node.await(node.cluster().createTopics(Collections.emptyList(), false)))
                .isEmpty();
    }

    private Outcome<TopicImage> create(NewTopic topic) {
        return node.awaitOne(node.cluster().createTopics(List.of(topic), false));
    }

    private Outcome<TopicImage> morePartitions(MorePartitions request) {
        return node.awaitOne(node.cluster().createPartitions(List.of(request), false));
    }

    private static NewTopic assigned(String name, List<List<Integer>> assignment) {
        return new NewTopic(name, NewTopic.DEFAULT, NewTopic.DEFAULT, assignment, Map.of());
    }

    private static NewTopic configured(String setting, String value) {
        return new NewTopic("orders", 1, 1, List.of(), Map.of(setting, value));
    }

    static void assertRefused(Outcome<?> outcome, Refusal reason, String message) {
        assertThat(outcome).isInstanceOfSatisfying(Outcome.Refused.class, refused -> {
            assertThat(refused.reason()).isEqualTo(reason);
            assertThat(refused.message()).contains(message);
        });
    }
}
