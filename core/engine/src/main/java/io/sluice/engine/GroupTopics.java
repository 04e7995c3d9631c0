package io.sluice.engine;

import io.sluice.cluster.ClusterImage;
import io.sluice.cluster.ImageChange;
import io.sluice.cluster.ImageEvent;
import io.sluice.cluster.ImageListener;
import io.sluice.cluster.PartitionImage;
import io.sluice.cluster.TopicImage;
import io.sluice.engine.group.TopicInfo;
import io.sluice.engine.group.TopicView;
import io.sluice.engine.group.Topics;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;

/** The cluster's topics as group coordinators see them. Told of images on the control loop, read from any. */
final class GroupTopics implements Topics, ImageListener {
    private final InternalTopics internal;
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private volatile TopicView current = TopicView.of(List.of());

    GroupTopics(InternalTopics internal) {
        this.internal = internal;
    }

    @Override
    public TopicView current() {
        return current;
    }

    @Override
    public void subscribe(Listener listener) {
        listeners.add(listener);
    }

    @Override
    public void imageChanged(ImageChange change) {
        Set<String> deleted = new HashSet<>();
        boolean changed = false;
        for (ImageEvent event : change.events()) {
            if (event instanceof ImageEvent.TopicDeleted gone) {
                change.before().topic(gone.topicId()).ifPresent(topic -> deleted.add(topic.name()));
                changed = true;
            } else if (event instanceof ImageEvent.TopicCreated || event instanceof ImageEvent.TopicChanged) {
                changed = true;
            } else if (event instanceof ImageEvent.PartitionsChanged partitions) {
                changed |= hasMoved(change.before(), partitions);
            }
        }
        if (changed) {
            current = new ImageView(change.after(), internal);
            listeners.forEach(listener -> listener.topicsChanged(deleted));
        }
    }

    /** Who leads is nothing to groups, but where the replicas stand is (KIP-881). */
    private static boolean hasMoved(ClusterImage before, ImageEvent.PartitionsChanged changed) {
        return changed.partitions().entrySet().stream().anyMatch(each -> before.topic(changed.topicId())
                .flatMap(topic -> topic.partition(each.getKey()))
                .filter(old -> old.replicas().equals(each.getValue().replicas()))
                .isEmpty());
    }

    /** One image, translated as it is asked. */
    private record ImageView(ClusterImage image, InternalTopics internal) implements TopicView {
        @Override
        public Optional<TopicInfo> find(String name) {
            return image.topic(name).map(this::info);
        }

        @Override
        public Optional<TopicInfo> find(UUID id) {
            return image.topic(id).map(this::info);
        }

        @Override
        public Collection<TopicInfo> all() {
            return image.topics().stream()
                    .filter(topic -> !internal.isInternal(topic.name()))
                    .map(this::info)
                    .toList();
        }

        private TopicInfo info(TopicImage topic) {
            boolean racks = image.brokers().values().stream()
                    .anyMatch(broker -> broker.rack().isPresent());
            return new TopicInfo(topic.id(), topic.name(), topic.partitionCount(), racks ? racksOf(topic) : List.of());
        }

        private List<Set<String>> racksOf(TopicImage topic) {
            List<Set<String>> racks = new ArrayList<>(topic.partitionCount());
            for (PartitionImage partition : topic.partitions()) {
                Set<String> here = new HashSet<>();
                for (int i = 0; i < partition.replicas().size(); i++) {
                    image.broker(partition.replicas().get(i))
                            .flatMap(broker -> broker.rack())
                            .ifPresent(here::add);
                }
                racks.add(here);
            }
            return racks;
        }
    }
}
