package io.sluice.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What a newer version has written and this one can't read must not leave the cluster without a controller. */
class UnreadableStateTest {
    private final TestCluster cluster = TestCluster.of(3);

    @Test
    void brokersThatCannotReadTheStateLeaveItToOneThatCan() {
        TopicImage topic = cluster.node(1).create("orders", 1);
        String path = StorePaths.partitions(topic.id());
        byte[] readable = cluster.server().get(path).data();
        cluster.server().set(path, NodeCodec.plain("{\"v\":9,\"states\":[]}"), StoreOp.ANY_VERSION);

        cluster.kill(1);
        cluster.server().endSession(cluster.node(1).store().session());
        cluster.loop().advanceMs(5_000);

        assertThat(cluster.server().dump()).doesNotContainKey(StorePaths.CONTROLLER);
        assertThat(cluster.node(2).cluster().image().topic("orders"))
                .as("what was known goes on to hold")
                .isPresent();
        cluster.server().set(path, readable, StoreOp.ANY_VERSION); // as good as a broker that can read it
        cluster.add(4).join();
        cluster.loop().advanceMs(2_000);
        assertThat(cluster.node(2).cluster().image().controllerId()).isEqualTo(4);
        assertThat(cluster.node(3).create("more", 1).name()).isEqualTo("more");
    }

    @Test
    void controllerThatCannotReadARegistrationLeavesItToOthers() {
        long session = cluster.server().openSession();

        cluster.server().create(StorePaths.broker(9), NodeCodec.plain("{\"v\":9}"), session);
        cluster.loop().advanceMs(2_000);

        assertThat(cluster.server().dump()).doesNotContainKey(StorePaths.CONTROLLER);
        cluster.server().endSession(session);
        cluster.add(4).join();
        cluster.loop().advanceMs(2_000);
        assertThat(cluster.node(1).cluster().image().controllerId()).isEqualTo(4);
    }
}
