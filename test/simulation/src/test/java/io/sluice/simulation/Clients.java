package io.sluice.simulation;

import io.sluice.cluster.TopicImage;
import io.sluice.engine.group.Groups;
import io.sluice.log.LogId;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** All clients of a run: they come with the topics that they are for, and go with them. */
final class Clients {
    private static final int FIRST_HOST = 100;

    private final World world;
    private final RunOptions.Load load;
    private final Chance chance;
    private final List<SimHost> hosts = new ArrayList<>();
    private final List<SimProducer> producers = new ArrayList<>();
    private final List<SimConsumer> consumers = new ArrayList<>();
    private final List<SimCommitter> committers = new ArrayList<>();
    private int nextHost = FIRST_HOST;
    private boolean finishing;

    Clients(World world) {
        this.world = world;
        this.load = world.options().load();
        this.chance = world.simulation().chance("clients");
    }

    /** The machines of all clients, of those that are gone, too; grows. */
    List<SimHost> hosts() {
        return hosts;
    }

    /** Writers and a reader for each partition of a topic. */
    void begin(TopicImage topic) {
        for (int index = 0; index < topic.partitionCount(); index++) {
            LogId partition = new LogId(topic.id(), topic.name(), index);
            for (SimProducer.Kind kind : load.kinds(chance)) {
                SimProducer producer = new SimProducer(world, nextHost++, partition, kind, chance.between(3, 40));
                producers.add(producer);
                hosts.add(producer.host());
                producer.start();
                if (finishing) {
                    producer.finish();
                }
            }
            SimConsumer consumer = new SimConsumer(world, nextHost++, partition);
            consumers.add(consumer);
            hosts.add(consumer.host());
            consumer.start();
        }
    }

    /** The groups that commit, once there is an offsets topic. */
    void beginGroups(TopicImage offsets) {
        for (int i = 0; i < load.groups(); i++) {
            String group = "group" + i;
            int index = Groups.partitionFor(group, offsets.partitionCount());
            LogId partition = new LogId(offsets.id(), offsets.name(), index);
            SimCommitter committer = new SimCommitter(world, nextHost++, group, partition, chance.between(5, 60));
            committers.add(committer);
            hosts.add(committer.host());
            committer.start();
        }
    }

    /** A topic is gone, and what was written to it. */
    void retire(UUID topicId) {
        producers.stream().filter(each -> isOf(each, topicId)).forEach(SimClient::retire);
        consumers.stream().filter(each -> isOf(each, topicId)).forEach(SimClient::retire);
        producers.removeIf(each -> isOf(each, topicId));
        consumers.removeIf(each -> isOf(each, topicId));
    }

    private static boolean isOf(SimClient client, UUID topicId) {
        return client.partition().topicId().equals(topicId);
    }

    /** Begins nothing new; what is open is brought to its end. */
    void finish() {
        finishing = true;
        producers.forEach(SimProducer::finish);
        committers.forEach(SimCommitter::finish);
    }

    boolean writersAreDone() {
        return producers.stream().allMatch(SimProducer::done)
                && committers.stream().allMatch(SimCommitter::done);
    }

    boolean readersAreDone() {
        return consumers.stream()
                .allMatch(consumer -> consumer.position() >= consumer.history().size());
    }

    /** How many commits of groups were acknowledged. */
    int commits() {
        return committers.stream().mapToInt(SimCommitter::acknowledged).sum();
    }

    @Override
    public String toString() {
        return producers + " " + committers;
    }
}
