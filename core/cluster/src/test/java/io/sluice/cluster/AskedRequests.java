package io.sluice.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;

/**
 * What a random run has asked of its nodes, and the faults of a node's store that it meets meanwhile. In the end what was
 * answered as done must be there, what was refused for good must not, and no producer id may be given twice.
 */
final class AskedRequests {
    private final long seed;
    private final Map<String, CompletionStage<List<Outcome<TopicImage>>>> creations = new LinkedHashMap<>();
    private final List<CompletionStage<Outcome<ProducerIdBlock>>> blocks = new ArrayList<>();

    AskedRequests(long seed) {
        this.seed = seed;
    }

    /** The store's faults that both kinds of runs have; false for a number beyond them. */
    static boolean disturb(TestNode node, int which) {
        switch (which) {
            case 0 -> node.store().loseAnswerOf(ops -> true);
            case 1 -> node.store().loseRequestOf(ops -> true);
            case 2 -> node.store().disconnect();
            case 3, 4 -> node.store().reconnect();
            default -> {
                return false;
            }
        }
        return true;
    }

    /** No more faults of the store. */
    static void calm(TestNode node) {
        node.store().loseAnswerOf(ops -> false);
        node.store().loseRequestOf(ops -> false);
        node.store().reconnect();
    }

    CompletionStage<List<Outcome<TopicImage>>> create(TestNode node, String topic) {
        CompletionStage<List<Outcome<TopicImage>>> created =
                node.cluster().createTopics(List.of(NewTopic.of(topic, 1, 1)), false);
        creations.put(topic, created);
        return created;
    }

    void allocate(TestNode node) {
        blocks.add(node.cluster().allocateProducerIds());
    }

    /**
     * Holds the answers against the image that is there in the end.
     *
     * @param mayBeOpen whether some were asked of processes that died
     */
    void check(ClusterImage image, boolean mayBeOpen) {
        creations.forEach(
                (topic, stage) -> answer(stage, mayBeOpen).ifPresent(outcomes -> check(image, topic, outcomes.get(0))));
        Set<Long> firstIds = new TreeSet<>();
        blocks.forEach(stage -> answer(stage, mayBeOpen).ifPresent(outcome -> {
            if (outcome instanceof Outcome.Done<ProducerIdBlock> done) {
                assertThat(firstIds.add(done.value().first()))
                        .as("t5, seed %d", seed)
                        .isTrue();
            }
        }));
    }

    private <T> Optional<T> answer(CompletionStage<T> stage, boolean mayBeOpen) {
        if (!mayBeOpen) {
            assertThat(stage.toCompletableFuture()).as("seed %d", seed).isDone();
        }
        return Optional.ofNullable(stage.toCompletableFuture().getNow(null));
    }

    private void check(ClusterImage image, String topic, Outcome<TopicImage> outcome) {
        if (outcome instanceof Outcome.Done<TopicImage> done) {
            assertThat(image.topic(topic).map(TopicImage::id))
                    .as("seed %d", seed)
                    .contains(done.value().id());
        } else if (((Outcome.Refused<TopicImage>) outcome).reason() != Refusal.OUTCOME_UNKNOWN) {
            assertThat(image.topic(topic)).as("seed %d: %s", seed, outcome).isEmpty();
        }
    }
}
