package io.sluice.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.base.EpochChain;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AgreedMinimumTest {
    private static final ConfigResource EVERYBODY = ConfigResource.CLUSTER_DEFAULT;

    private static ClusterImage cluster(Map<String, String> everybody, int... minimumOfEach) {
        ImageDraft draft = ClusterImage.empty("c").draft();
        for (int i = 0; i < minimumOfEach.length; i++) {
            draft.apply(new ImageEvent.BrokerRegistered(new BrokerInfo(
                    i + 1,
                    100 + i,
                    List.of(),
                    Optional.empty(),
                    EpochChain.NONE,
                    minimumOfEach[i],
                    BrokerInfo.Condition.SERVING)));
        }
        if (!everybody.isEmpty()) {
            draft.apply(new ImageEvent.ConfigsChanged(EVERYBODY, everybody));
        }
        return draft.seal(new ImageVersion(1, 1));
    }

    @Test
    void whoComesLaterWithAnotherValueIsInTheWrong() {
        ClusterImage image = cluster(Map.of(), 2, 2, 1);

        assertThat(AgreedMinimum.complaint(image, 1)).isEmpty();
        assertThat(AgreedMinimum.complaint(image, 2)).isEmpty();
        assertThat(AgreedMinimum.complaint(image, 3)).hasValueSatisfying(said -> assertThat(said)
                .contains("broker 3 was started with min.insync.replicas=1")
                .contains("broker 1 with 2, broker 2 with 2")
                .contains("cluster's default"));
    }

    @Test
    void whatBrokersAreStartedWithMayDifferWhileTheClusterHasADefault() {
        ClusterImage image = cluster(Map.of("min.insync.replicas", "2"), 1, 2, 3);

        assertThat(AgreedMinimum.complaint(image, 3)).isEmpty();
    }

    @Test
    void brokersOfAVersionThatDoesNotSayAreNotCompared() {
        assertThat(AgreedMinimum.complaint(cluster(Map.of(), 0, 2), 2)).isEmpty();
        assertThat(AgreedMinimum.complaint(cluster(Map.of(), 2, 0), 2)).isEmpty();
    }
}
