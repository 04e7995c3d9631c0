package io.sluice.system.scenario;

import static io.sluice.system.scenario.Clients.get;
import static io.sluice.system.scenario.Clients.number;
import static io.sluice.system.scenario.Clients.partitions;
import static io.sluice.system.scenario.Clients.pollUntil;
import static io.sluice.system.scenario.Clients.take;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.system.clients.NeedsCalm;
import io.sluice.system.clients.Scenario;
import io.sluice.system.clients.Surroundings;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.OffsetMetadataTooLarge;

/** Offsets that a group has committed are there when the next member asks. */
public class CommitScenarios {
    private final Surroundings surroundings;
    private final Clients clients;

    public CommitScenarios(Surroundings surroundings) {
        this.surroundings = surroundings;
        this.clients = new Clients(surroundings);
    }

    @Scenario
    public void nextMemberGoesOnWhereTheLastCommitted() throws Exception {
        String topic = clients.topic("resume", 1);
        String group = surroundings.name("group");
        clients.send(topic, 0, 0, 20);
        try (KafkaConsumer<byte[], byte[]> first = clients.member(group, "max.poll.records", "10")) {
            first.subscribe(List.of(topic));
            take(first, 10);
            first.commitSync();
        }
        try (KafkaConsumer<byte[], byte[]> second = clients.member(group)) {
            second.subscribe(List.of(topic));
            assertThat(number(take(second, 1).get(0))).isEqualTo(10);
        }
    }

    @Scenario
    public void commitCarriesMetadataAndEpoch() throws Exception {
        TopicPartition partition = new TopicPartition(clients.topic("metadata", 1), 0);
        clients.send(partition.topic(), 0, 0, 10);
        String group = surroundings.name("group");
        try (KafkaConsumer<byte[], byte[]> consumer = clients.member(group)) {
            consumer.assign(List.of(partition));
            OffsetAndMetadata commit = new OffsetAndMetadata(7, Optional.of(0), "where I was ✓");
            consumer.commitSync(Map.of(partition, commit));
            assertThat(consumer.committed(Set.of(partition)).get(partition)).isEqualTo(commit);
            consumer.commitSync(Map.of(partition, new OffsetAndMetadata(3)));
            OffsetAndMetadata back = consumer.committed(Set.of(partition)).get(partition);
            assertThat(back.offset()).isEqualTo(3);
            assertThat(back.metadata()).isEmpty();
        }
    }

    @Scenario
    @NeedsCalm("the client does not try asynchronous commits again")
    public void asyncCommitsArriveInOrder() throws Exception {
        TopicPartition partition = new TopicPartition(clients.topic("async", 1), 0);
        String group = surroundings.name("group");
        try (KafkaConsumer<byte[], byte[]> consumer = clients.member(group)) {
            consumer.assign(List.of(partition));
            // An old client that does not know the coordinator yet fails an asynchronous commit instead of waiting.
            consumer.commitSync(Map.of(partition, new OffsetAndMetadata(0)));
            CompletableFuture<Exception> last = new CompletableFuture<>();
            for (int i = 1; i <= 50; i++) {
                boolean end = i == 50;
                consumer.commitAsync(Map.of(partition, new OffsetAndMetadata(i)), (offsets, error) -> {
                    if (end || error != null) {
                        last.complete(error);
                    }
                });
            }
            pollUntil(last::isDone, consumer);
            assertThat(get(last)).isNull();
            assertThat(consumer.committed(Set.of(partition)).get(partition).offset())
                    .isEqualTo(50);
        }
    }

    @Scenario
    public void autoCommitRemembers() throws Exception {
        String topic = clients.topic("auto", 1);
        String group = surroundings.name("group");
        clients.send(topic, 0, 0, 20);
        try (KafkaConsumer<byte[], byte[]> first =
                clients.member(group, "enable.auto.commit", "true", "auto.commit.interval.ms", "100")) {
            first.subscribe(List.of(topic));
            take(first, 20);
        }
        clients.send(topic, 0, 20, 21);
        try (KafkaConsumer<byte[], byte[]> second = clients.member(group)) {
            second.subscribe(List.of(topic));
            assertThat(number(take(second, 1).get(0))).isEqualTo(20);
        }
    }

    @Scenario
    public void partitionsWithoutACommitHaveNone() throws Exception {
        String topic = clients.topic("none", 3);
        String group = surroundings.name("group");
        try (KafkaConsumer<byte[], byte[]> consumer = clients.member(group)) {
            consumer.assign(partitions(topic, 3));
            TopicPartition middle = new TopicPartition(topic, 1);
            consumer.commitSync(Map.of(middle, new OffsetAndMetadata(42)));
            Map<TopicPartition, OffsetAndMetadata> found = consumer.committed(Set.copyOf(partitions(topic, 3)));
            assertThat(found.get(middle).offset()).isEqualTo(42);
            assertThat(found.get(new TopicPartition(topic, 0))).isNull();
            assertThat(found.get(new TopicPartition(topic, 2))).isNull();
        }
    }

    @Scenario
    public void tooLargeMetadataIsRefused() throws Exception {
        TopicPartition partition = new TopicPartition(clients.topic("large", 1), 0);
        try (KafkaConsumer<byte[], byte[]> consumer = clients.member(surroundings.name("group"))) {
            consumer.assign(List.of(partition));
            assertThatThrownBy(() -> consumer.commitSync(Map.of(partition, new OffsetAndMetadata(1, "x".repeat(5000)))))
                    .isInstanceOf(OffsetMetadataTooLarge.class);
        }
    }

    @Scenario
    public void g1OutsiderMayNotCommitForALiveGroup() throws Exception {
        String topic = clients.topic("outsider", 1);
        String group = surroundings.name("group");
        TopicPartition partition = new TopicPartition(topic, 0);
        try (KafkaConsumer<byte[], byte[]> member = clients.member(group);
                KafkaConsumer<byte[], byte[]> outsider = clients.member(group)) {
            member.subscribe(List.of(topic));
            pollUntil(() -> member.assignment().size() == 1, member);
            // The client gives the answer of a question that is still under way to whoever asks the same again later.
            member.position(partition);
            outsider.assign(List.of(partition));
            assertThatThrownBy(() -> outsider.commitSync(Map.of(partition, new OffsetAndMetadata(5))))
                    .isInstanceOf(Exception.class);
            member.commitSync(Map.of(partition, new OffsetAndMetadata(1)));
            assertThat(member.committed(Set.of(partition)).get(partition).offset())
                    .isEqualTo(1);
        }
    }
}
