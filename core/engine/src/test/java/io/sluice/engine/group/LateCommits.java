package io.sluice.engine.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.base.TopicPartition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.UUID;

/**
 * Commits that arrive some time after they were sent. Each commits the number of the stint of ownership that it is from,
 * so that a commit that is accepted out of turn goes back.
 */
final class LateCommits {
    private record Late(MemberRef member, int epoch, TopicPartition partition, UUID topicId, long stint) {}

    private final Coordinator broker;
    private final List<Late> late = new ArrayList<>();
    private final Map<TopicPartition, Long> highest = new HashMap<>();
    private long nextStint = 1;

    LateCommits(Coordinator broker) {
        this.broker = broker;
    }

    long newStint() {
        return nextStint++;
    }

    /** The client sends a commit for each partition that it has. */
    void send(GroupClient client) {
        client.owned.forEach((topicId, partition) -> {
            String topic = broker.current().find(topicId).orElseThrow().name();
            long stint = client.stint(topicId, partition);
            late.add(new Late(client.ref(), client.epoch, new TopicPartition(topic, partition), topicId, stint));
        });
    }

    /** Some that were sent arrive. What is accepted must not be from before what was accepted. */
    void arrive(Random random) {
        for (int i = 0; i < 6 && !late.isEmpty(); i++) {
            commit(late.remove(random.nextInt(late.size())));
        }
    }

    private void commit(Late commit) {
        OffsetCommit.Offset offset =
                new OffsetCommit.Offset(commit.partition(), commit.topicId(), commit.stint(), -1, "");
        OffsetCommit.Response response = broker.now(broker.groups.commitOffsets(new OffsetCommit.Request(
                commit.member(), commit.epoch(), true, OptionalLong.empty(), List.of(offset))));
        if (response.of(commit.partition()) == GroupError.NONE) {
            assertThat(commit.stint())
                    .as("G9: %s", commit)
                    .isGreaterThanOrEqualTo(highest.getOrDefault(commit.partition(), 0L));
            highest.put(commit.partition(), commit.stint());
        }
    }

    /** What was accepted is still there. */
    void expectKept() {
        Map<TopicPartition, Long> fetched = new HashMap<>();
        broker.now(broker.fetch()).offsets().forEach((partition, offset) -> fetched.put(partition, offset.offset()));
        assertThat(fetched).as("committed offsets").isEqualTo(highest);
    }
}
