package io.sluice.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class ClusterImageTest {
    @Property(tries = 100)
    void shardedMapIsAMapAndItsVersionsDoNotDisturbEachOther(@ForAll long seed) {
        Random random = new Random(seed);
        ShardedMap<Integer, Integer> map = ShardedMap.empty();
        Map<Integer, Integer> model = new HashMap<>();
        List<ShardedMap<Integer, Integer>> versions = new ArrayList<>();
        List<Map<Integer, Integer>> models = new ArrayList<>();
        for (int round = 0; round < 12; round++) {
            ShardedMap.Draft<Integer, Integer> draft = map.draft();
            for (int i = random.nextInt(80); i >= 0; i--) {
                int key = random.nextInt(300);
                if (random.nextInt(3) == 0) {
                    draft.remove(key);
                    model.remove(key);
                } else {
                    draft.put(key, i);
                    model.put(key, i);
                }
            }
            map = draft.seal();
            versions.add(map);
            models.add(Map.copyOf(model));
        }
        for (int i = 0; i < versions.size(); i++) {
            ShardedMap<Integer, Integer> version = versions.get(i);
            assertThat(version.size()).isEqualTo(models.get(i).size());
            models.get(i).forEach((key, value) -> assertThat(version.get(key)).isEqualTo(value));
            List<Integer> values = new ArrayList<>();
            version.addValuesTo(values);
            assertThat(values).containsExactlyInAnyOrderElementsOf(models.get(i).values());
        }
    }

    @Test
    void addingATopicCopiesOnlyWhatItTouches() {
        ImageDraft draft = ClusterImage.empty("c").draft();
        for (int i = 0; i < 20_000; i++) {
            draft.apply(new ImageEvent.TopicCreated(topic("topic-" + i, i)));
        }
        ClusterImage image = draft.seal(ImageVersion.NONE);
        long start = System.nanoTime();
        for (int i = 0; i < 2_000; i++) {
            image = image.draft()
                    .apply(new ImageEvent.TopicCreated(topic("more-" + i, 100_000 + i)))
                    .seal(image.version().next());
        }
        long microsEach = (System.nanoTime() - start) / 2_000_000;
        assertThat(image.topicCount()).isEqualTo(22_000);
        assertThat(microsEach).as("µs per topic; generous, for slow machines").isLessThan(1_000);
    }

    @Property(tries = 100)
    void diffLeadsFromOneImageToTheOther(@ForAll long seed) {
        Random random = new Random(seed);
        ClusterImage before = randomImage(random);
        ClusterImage after = randomImage(random);

        ClusterImage replayed =
                before.draft().applyAll(ImageDiff.between(before, after)).seal(after.version());

        assertThat(replayed.topics()).containsExactlyInAnyOrderElementsOf(after.topics());
        assertThat(replayed.brokers()).isEqualTo(after.brokers());
        assertThat(replayed.configs()).isEqualTo(after.configs());
        assertThat(replayed.controllerId()).isEqualTo(after.controllerId());
        assertThat(replayed.partitionCount()).isEqualTo(after.partitionCount());
        assertThat(ImageDiff.between(after, after)).isEmpty();
    }

    @Test
    void versionsOfALaterControllerAreNewer() {
        assertThat(new ImageVersion(2, 0)).isGreaterThan(new ImageVersion(1, 99));
        assertThat(new ImageVersion(2, 1)).isGreaterThan(new ImageVersion(2, 0));
    }

    private static ClusterImage randomImage(Random random) {
        ImageDraft draft = ClusterImage.empty("c").draft();
        draft.apply(new ImageEvent.ControllerChanged(random.nextInt(3)));
        for (int id = 0; id < 4; id++) {
            if (random.nextBoolean()) {
                draft.apply(new ImageEvent.BrokerRegistered(
                        new BrokerInfo(id, random.nextInt(2), List.of(), java.util.Optional.empty())));
            }
            if (random.nextBoolean()) {
                draft.apply(
                        new ImageEvent.ConfigsChanged(ConfigResource.broker(id), Map.of("a", "" + random.nextInt(2))));
            }
        }
        for (int i = 0; i < 6; i++) {
            if (random.nextBoolean()) {
                draft.apply(new ImageEvent.TopicCreated(topic("t" + i, 10 * i + random.nextInt(2))));
            }
        }
        return draft.seal(new ImageVersion(1, random.nextInt(9)));
    }

    private static TopicImage topic(String name, int id) {
        BrokerIds one = BrokerIds.of(1);
        return new TopicImage(new UUID(5, id), name, Map.of(), List.of(new PartitionImage(1, 0, one, one, 0)));
    }
}
