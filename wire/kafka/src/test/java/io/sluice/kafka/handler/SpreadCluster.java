package io.sluice.kafka.handler;

import io.sluice.cluster.Endpoint;
import io.sluice.cluster.ImageEvent;
import io.sluice.cluster.PartitionImage;
import io.sluice.engine.InternalTopics;
import java.util.UUID;

/** One broker of four, which leads some partitions, follows others, and holds nothing of the rest; with a client. */
final class SpreadCluster implements AutoCloseable {
    static final int OTHER = 2;
    static final int THIRD = 3;
    /** Has no listener that clients of this broker can reach. */
    static final int HIDDEN = 4;

    static final int GONE = 9;
    static final String TOPIC = "spread";
    static final UUID TOPIC_ID = new UUID(1, 1);

    static final int LED_HERE = 0;
    /** Not assigned to this broker; led by {@link #OTHER} in epoch 6. */
    static final int ELSEWHERE = 1;
    /** Held here and led by {@link #THIRD} in epoch 7. */
    static final int FOLLOWED = 2;

    static final int OFFLINE = 3;
    static final int LED_BY_HIDDEN = 4;

    final ScriptedCluster cluster = new ScriptedCluster(TestBroker.ID);
    final TestBroker broker;
    final WireClient client;

    SpreadCluster() throws Exception {
        broker = TestBroker.following(cluster);
        client = broker.connect();
        cluster.register(OTHER, new Endpoint("PLAINTEXT", "PLAINTEXT", "two.example", 9002));
        cluster.register(THIRD, new Endpoint("PLAINTEXT", "PLAINTEXT", "three.example", 9003));
        cluster.register(HIDDEN, new Endpoint("INTERNAL", "PLAINTEXT", "four.example", 9004));
        cluster.publish(
                new ImageEvent.ControllerChanged(OTHER),
                new ImageEvent.TopicCreated(ScriptedCluster.topic(
                        TOPIC,
                        TOPIC_ID,
                        ScriptedCluster.partition(TestBroker.ID, 5, TestBroker.ID),
                        ScriptedCluster.partition(OTHER, 6, OTHER, THIRD),
                        ScriptedCluster.partition(THIRD, 7, TestBroker.ID, THIRD),
                        ScriptedCluster.partition(PartitionImage.NO_LEADER, 8, GONE, TestBroker.ID),
                        ScriptedCluster.partition(HIDDEN, 9, HIDDEN, TestBroker.ID))),
                new ImageEvent.TopicCreated(ScriptedCluster.topic(
                        InternalTopics.OFFSETS, new UUID(1, 2), ScriptedCluster.partition(OTHER, 3, OTHER, THIRD))));
        broker.awaitReady();
    }

    /** A broker's address as answers tell it. */
    static String addressOf(int leader) {
        return leader == OTHER ? "2@two.example:9002/r2" : "3@three.example:9003/r3";
    }

    @Override
    public void close() throws Exception {
        client.close();
        broker.close();
    }
}
