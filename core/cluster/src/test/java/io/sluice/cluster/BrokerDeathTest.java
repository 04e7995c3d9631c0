package io.sluice.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** How the death of a process is noticed before its session runs out, and what is not taken for one. */
class BrokerDeathTest {
    private final TestCluster cluster = TestCluster.of(3);

    @Test
    void killedFollowerLeavesTheImageAtOnce() {
        cluster.kill(3);
        cluster.loop().advanceMs(500);

        assertThat(cluster.node(1).cluster().image().brokers()).containsOnlyKeys(1, 2);
        assertThat(cluster.node(2).cluster().image().brokers()).containsOnlyKeys(1, 2);
        assertThat(cluster.server().dump()).doesNotContainKey("/brokers/ids/3");
    }

    @Test
    void killedControllerIsSucceededAtOnce() {
        cluster.kill(1);
        cluster.loop().advanceMs(1_000);

        ClusterImage image = cluster.node(2).cluster().image();
        assertThat(image.controllerId()).isIn(2, 3);
        assertThat(image.controllerEpoch()).isEqualTo(2);
        assertThat(image.brokers()).containsOnlyKeys(2, 3);
        assertThat(cluster.node(3).cluster().image().version()).isEqualTo(image.version());
        assertThat(cluster.node(2).create("after", 1).name()).isEqualTo("after");
        assertThat(cluster.node(3).create("later", 1).name()).isEqualTo("later");
    }

    @Test
    void everyControllerOfAChainOfDeathsIsSucceeded() {
        cluster.kill(1);
        cluster.loop().advanceMs(1_000);
        int second = cluster.node(2).cluster().image().controllerId();
        cluster.kill(second);
        cluster.loop().advanceMs(1_000);

        int survivor = 5 - second;
        ClusterImage image = cluster.node(survivor).cluster().image();
        assertThat(image.controllerId()).isEqualTo(survivor);
        assertThat(image.controllerEpoch()).isEqualTo(3);
        assertThat(image.brokers()).containsOnlyKeys(survivor);
    }

    @Test
    void brokerThatHangsIsLeftToItsSession() {
        cluster.peers().silence(3);
        cluster.loop().advanceMs(60_000);
        assertThat(cluster.node(1).cluster().image().brokers()).containsOnlyKeys(1, 2, 3);

        cluster.node(3).store().disconnect();
        cluster.server().endSession(cluster.node(3).store().session());
        cluster.loop().advanceMs(100);

        assertThat(cluster.node(1).cluster().image().brokers()).containsOnlyKeys(1, 2);
    }

    @Test
    void controllerThatHangsIsLeftToItsSession() {
        cluster.peers().silence(1);
        cluster.loop().advanceMs(60_000);
        assertThat(cluster.node(2).cluster().image().controllerId()).isEqualTo(1);

        cluster.node(1).store().disconnect();
        cluster.server().endSession(cluster.node(1).store().session());
        cluster.loop().advanceMs(2_000);

        assertThat(cluster.node(2).cluster().image().controllerEpoch()).isEqualTo(2);
        assertThat(cluster.node(3).cluster().image().version())
                .isEqualTo(cluster.node(2).cluster().image().version());
    }

    @Test
    void brokerThatOnlyLostConnectionsStaysWhoItIs() {
        long epoch = cluster.node(3).cluster().brokerEpoch();
        for (int i = 0; i < 10; i++) {
            cluster.peers().cut(3, 1);
            cluster.peers().cut(2, 1);
            cluster.loop().advanceMs(77);
        }
        cluster.loop().advanceMs(2_000);

        assertThat(cluster.node(3).cluster().brokerEpoch()).isEqualTo(epoch);
        assertThat(cluster.node(2).cluster().image().controllerEpoch()).isEqualTo(1);
        assertThat(cluster.node(2).cluster().image().brokers()).containsOnlyKeys(1, 2, 3);
    }

    @Test
    void brokerThatCannotBeReachedIsNotTakenForDead() {
        cluster.peers().cut(3, 1);
        cluster.peers().block(3, 1);
        cluster.loop().advanceMs(10_000);

        assertThat(cluster.node(1).cluster().image().brokers()).containsOnlyKeys(1, 2, 3);
        assertThat(cluster.node(1).cluster().image().controllerEpoch()).isEqualTo(1);
    }

    @Test
    void brokerOfWhichTheFirstProbesSayNothingIsFoundDeadLater() {
        cluster.kill(3);
        cluster.peers().block(3, 1);
        cluster.loop().advanceMs(3_000);
        assertThat(cluster.node(1).cluster().image().brokers()).containsOnlyKeys(1, 2, 3);

        cluster.peers().heal();
        cluster.loop().advanceMs(1_500);

        assertThat(cluster.node(1).cluster().image().brokers()).containsOnlyKeys(1, 2);
    }

    @Test
    void r19SessionOfABrokerThatRegisteredAnewSinceIsNotEnded() {
        cluster.peers().disturb(new Random(1), 0, 2_000);
        cluster.kill(3);
        cluster.loop().advanceMs(101); // a probe has met nobody, and its answer is on the way
        TestNode again = cluster.add(3).join();
        long epoch = again.cluster().brokerEpoch();
        long session = again.store().session();
        cluster.peers().heal();
        cluster.loop().advanceMs(5_000);

        assertThat(again.store().session()).isEqualTo(session);
        assertThat(cluster.node(1).cluster().image().broker(3).orElseThrow().epoch())
                .isEqualTo(epoch);
    }

    @Test
    void brokerThatWasTakenForDeadByMistakeRegistersAnew() {
        long epoch = cluster.node(3).cluster().brokerEpoch();

        cluster.peers().kill(3); // nobody listens at its address, but its process lives
        cluster.loop().advanceMs(2_000);

        assertThat(cluster.node(3).cluster().brokerEpoch()).isGreaterThan(epoch);
        BrokerInfo registered = cluster.node(1).cluster().image().broker(3).orElseThrow();
        assertThat(registered.epoch()).isEqualTo(cluster.node(3).cluster().brokerEpoch());
        assertThat(registered.proven().latest()).as("r14: it lived all along").hasValue(epoch);
    }

    @Test
    void nodeThatMeetsItsOwnEarlierSessionEndsIt() {
        TestCluster alone = TestCluster.of(1);
        TestNode node = alone.node(1);
        TopicImage topic = node.create("orders", 1);
        long epoch = node.cluster().brokerEpoch();

        node.store().loseSession(); // as after an outage of the store longer than the session: the store still has it
        alone.loop().runAll();

        ClusterImage image = node.cluster().image();
        assertThat(image.controllerEpoch()).isEqualTo(2);
        assertThat(image.controllerId()).isEqualTo(1);
        assertThat(image.topic("orders")).map(TopicImage::id).contains(topic.id());
        assertThat(node.cluster().brokerEpoch()).isGreaterThan(epoch);
        assertThat(image.broker(1).orElseThrow().epoch())
                .isEqualTo(node.cluster().brokerEpoch());
        assertThat(node.create("more", 1).name()).isEqualTo("more");
    }

    @Test
    void followerThatMeetsItsOwnEarlierSessionEndsIt() {
        TestNode node = cluster.node(3);
        long epoch = node.cluster().brokerEpoch();

        node.store().loseSession();
        cluster.loop().advanceMs(200);

        assertThat(node.cluster().brokerEpoch()).isGreaterThan(epoch);
        assertThat(cluster.node(2).cluster().image().broker(3).orElseThrow().epoch())
                .isEqualTo(node.cluster().brokerEpoch());
        assertThat(cluster.node(2).cluster().image().controllerEpoch()).isEqualTo(1);
    }
}
