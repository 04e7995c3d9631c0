package io.sluice.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.base.ManualLoop;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClusterNodeTest {
    private final ManualLoop loop = new ManualLoop();
    private final FakeCoordination server = new FakeCoordination();

    @Test
    void nodeFoundsAClusterAndBecomesItsController() {
        TestNode node = TestNode.joined(loop, server);

        ClusterImage image = node.cluster().image();
        assertThat(image.clusterId()).hasSize(22);
        assertThat(image.controllerId()).isEqualTo(1);
        assertThat(image.controllerEpoch()).isEqualTo(1);
        assertThat(image.brokers()).containsOnlyKeys(1);
        assertThat(image.broker(1).orElseThrow().epoch()).isEqualTo(node.node().brokerEpoch());
        assertThat(image.broker(1).orElseThrow().endpoints()).containsExactly(TestNode.ENDPOINT);
    }

    @Test
    void createdTopicIsInTheImageBeforeTheAnswerComes() {
        TestNode node = TestNode.joined(loop, server);

        TopicImage topic = node.create("orders", 3);

        assertThat(node.cluster().image().topic("orders")).contains(topic);
        assertThat(node.cluster().image().topic(topic.id())).contains(topic);
        assertThat(topic.partitions()).hasSize(3).allSatisfy(partition -> {
            assertThat(partition.leader()).isEqualTo(1);
            assertThat(partition.isr()).containsExactly(1);
        });
        assertThat(node.changes().get(node.changes().size() - 1).events())
                .containsExactly(new ImageEvent.TopicCreated(topic));
    }

    @Test
    void stateSurvivesTheNode() {
        TestNode node = TestNode.joined(loop, server);
        TopicImage topic = node.create("orders", 3);
        node.await(node.cluster()
                .editConfigs(
                        java.util.Map.of(
                                ConfigResource.CLUSTER_DEFAULT, List.of(ConfigEdit.set("num.partitions", "4"))),
                        false));
        node.node().close();
        loop.runAll();

        TestNode again = TestNode.joined(loop, server);

        TopicImage read = again.cluster().image().topic("orders").orElseThrow();
        assertThat(read.id()).isEqualTo(topic.id());
        assertThat(read.partitions())
                .as("r9: another process leads, so it leads in another epoch")
                .hasSize(3)
                .allSatisfy(partition -> {
                    assertThat(partition.leader()).isEqualTo(1);
                    assertThat(partition.leaderEpoch()).isEqualTo(1);
                });
        assertThat(again.cluster().image().configs(ConfigResource.CLUSTER_DEFAULT))
                .containsEntry("num.partitions", "4");
        assertThat(again.cluster().image().controllerEpoch()).isEqualTo(2);
    }
}
