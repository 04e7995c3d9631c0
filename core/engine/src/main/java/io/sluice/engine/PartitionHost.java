package io.sluice.engine;

import io.sluice.base.Loop;
import io.sluice.base.Workers;
import io.sluice.cluster.ImageChange;
import io.sluice.cluster.ImageEvent;
import io.sluice.cluster.ImageListener;
import io.sluice.cluster.PartitionImage;
import io.sluice.cluster.TopicImage;
import io.sluice.cluster.settings.SettingLayers;
import io.sluice.log.LogException;
import io.sluice.log.LogId;
import io.sluice.log.LogStore;
import io.sluice.log.PartitionLog;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes this broker hold what the image says it holds: opens and closes partitions, tells them who leads and what their
 * settings are. Told of images on the control loop, where its own state lives; folders are made on workers and
 * partitions are changed on their home loops.
 */
final class PartitionHost implements ImageListener {
    private static final Logger log = LoggerFactory.getLogger(PartitionHost.class);
    /** Folders made by one worker task; a topic of thousands of partitions is spread over several. */
    private static final int CHUNK = 128;

    private final int brokerId;
    private final Map<String, String> staticSettings;
    private final LogStore store;
    private final Workers workers;
    private final Partitions partitions;
    private final InternalTopics internal;
    private final LeadershipListener leaderships;
    /** Completed once every partition of the topic that belongs here is open. */
    private final ConcurrentHashMap<UUID, CompletableFuture<Void>> ready = new ConcurrentHashMap<>();

    private volatile SettingLayers settings;

    PartitionHost(
            int brokerId,
            Map<String, String> staticSettings,
            LogStore store,
            Workers workers,
            Partitions partitions,
            InternalTopics internal,
            LeadershipListener leaderships) {
        this.brokerId = brokerId;
        this.staticSettings = staticSettings;
        this.store = store;
        this.workers = workers;
        this.partitions = partitions;
        this.internal = internal;
        this.leaderships = leaderships;
        this.settings = SettingLayers.ofStatic(staticSettings);
    }

    /** The broker's settings as the last image has them. Any thread. */
    SettingLayers settings() {
        return settings;
    }

    /** Done once what the last image told of this topic holds here; at once for a topic that is unknown. Any thread. */
    CompletionStage<Void> whenReady(UUID topicId) {
        return ready.getOrDefault(topicId, CompletableFuture.completedFuture(null));
    }

    CompletionStage<Void> whenAllReady() {
        return CompletableFuture.allOf(ready.values().toArray(CompletableFuture[]::new));
    }

    CompletionStage<Void> close() {
        List<CompletableFuture<Void>> closed = new ArrayList<>();
        for (Partitions.Topic topic : partitions.all()) {
            for (int i = 0; i < topic.count(); i++) {
                Partition partition = topic.partition(i);
                if (partition != null) {
                    CompletableFuture<Void> done = new CompletableFuture<>();
                    closed.add(done);
                    partition.home().run(() -> {
                        partition.close("the broker is shutting down");
                        done.complete(null);
                    });
                }
            }
        }
        return CompletableFuture.allOf(closed.toArray(CompletableFuture[]::new));
    }

    @Override
    public void imageChanged(ImageChange change) {
        settings = SettingLayers.ofBroker(brokerId, staticSettings, change.after());
        boolean brokerSettingsChanged = false;
        for (ImageEvent event : change.events()) {
            if (event instanceof ImageEvent.TopicCreated created) {
                create(created.topic());
            } else if (event instanceof ImageEvent.TopicChanged changed) {
                follow(changed.topic());
            } else if (event instanceof ImageEvent.PartitionsChanged changed) {
                follow(changed);
            } else if (event instanceof ImageEvent.TopicDeleted deleted) {
                delete(deleted.topicId());
            } else if (event instanceof ImageEvent.ConfigsChanged) {
                brokerSettingsChanged = true;
            }
        }
        if (brokerSettingsChanged) {
            change.after().topics().forEach(this::reconfigure);
        }
    }

    private void create(TopicImage image) {
        Partitions.Topic topic = new Partitions.Topic(image.id(), image.name(), image.partitionCount());
        partitions.put(topic);
        open(topic, image, 0);
    }

    private void follow(TopicImage image) {
        Partitions.Topic topic = partitions.topic(image.id());
        if (topic == null) {
            create(image);
            return;
        }
        int known = topic.count();
        for (int i = 0; i < Math.min(known, image.partitionCount()); i++) {
            Partition partition = topic.partition(i);
            if (partition != null) {
                Leadership decided = leadership(image.partitions().get(i));
                partition.home().run(() -> lead(partition, decided));
            }
        }
        reconfigure(image);
        if (image.partitionCount() > known) {
            Partitions.Topic grown = topic.grown(image.partitionCount());
            partitions.put(grown);
            open(grown, image, known);
        }
    }

    private void follow(ImageEvent.PartitionsChanged changed) {
        Partitions.Topic topic = partitions.topic(changed.topicId());
        if (topic == null) {
            return;
        }
        changed.partitions().forEach((index, image) -> {
            Partition partition = topic.partition(index);
            if (partition != null) {
                Leadership decided = leadership(image);
                partition.home().run(() -> lead(partition, decided));
            }
        });
    }

    private void reconfigure(TopicImage image) {
        Partitions.Topic topic = partitions.topic(image.id());
        if (topic == null) {
            return;
        }
        PartitionConfig config = config(image);
        for (int i = 0; i < topic.count(); i++) {
            Partition partition = topic.partition(i);
            if (partition != null && !partition.config().equals(config)) {
                partition.home().run(() -> partition.reconfigure(config));
            }
        }
    }

    private void delete(UUID topicId) {
        Partitions.Topic topic = partitions.topic(topicId);
        ready.remove(topicId);
        if (topic == null) {
            return;
        }
        partitions.remove(topic);
        for (int i = 0; i < topic.count(); i++) {
            Partition partition = topic.partition(i);
            if (partition != null) {
                partition.home().run(() -> {
                    partition.close("topic " + topic.name() + " was deleted");
                    leaderships.notLeading(partition);
                });
                store.delete(partition.id()).whenComplete((done, failure) -> {
                    if (failure != null) {
                        log.warn("partition={} could not be removed from disk", partition.id(), failure);
                    }
                });
            }
        }
    }

    private PartitionConfig config(TopicImage image) {
        return PartitionConfigs.of(settings.withTopic(image.configs()), internal.isInternal(image.name()));
    }

    private Leadership leadership(PartitionImage image) {
        return new Leadership(
                image.isLedBy(brokerId),
                image.leader(),
                image.leaderEpoch(),
                image.isr().size());
    }

    /** Opens the partitions from {@code from} on that are assigned to this broker. */
    private void open(Partitions.Topic topic, TopicImage image, int from) {
        PartitionConfig config = config(image);
        List<CompletableFuture<Void>> chunks = new ArrayList<>();
        List<Integer> mine = new ArrayList<>();
        for (int i = from; i < image.partitionCount(); i++) {
            if (image.partitions().get(i).replicas().contains(brokerId)) {
                mine.add(i);
            }
            boolean last = i == image.partitionCount() - 1;
            if (mine.size() == CHUNK || (last && !mine.isEmpty())) {
                chunks.add(openChunk(topic, image, List.copyOf(mine), config));
                mine.clear();
            }
        }
        CompletableFuture<Void> opened = CompletableFuture.allOf(chunks.toArray(CompletableFuture[]::new));
        ready.put(topic.id(), opened);
    }

    private CompletableFuture<Void> openChunk(
            Partitions.Topic topic, TopicImage image, List<Integer> indexes, PartitionConfig config) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        try {
            workers.execute(() -> openHere(topic, image, indexes, config, done));
        } catch (RejectedExecutionException e) {
            // More topics at once than the queue takes: the control loop makes the folders itself, and so slows down.
            openHere(topic, image, indexes, config, done);
        }
        return done;
    }

    private void openHere(
            Partitions.Topic topic,
            TopicImage image,
            List<Integer> indexes,
            PartitionConfig config,
            CompletableFuture<Void> done) {
        Map<Loop, List<PartitionLog>> byHome = new HashMap<>();
        for (int index : indexes) {
            PartitionLog opened = openLog(new LogId(topic.id(), topic.name(), index), config);
            if (opened != null) {
                byHome.computeIfAbsent(opened.home(), home -> new ArrayList<>()).add(opened);
            }
        }
        List<CompletableFuture<Void>> homes = new ArrayList<>();
        byHome.forEach((home, logs) -> {
            CompletableFuture<Void> published = new CompletableFuture<>();
            homes.add(published);
            home.execute(() -> {
                logs.forEach(opened -> publish(topic, image, opened, config));
                published.complete(null);
            });
        });
        CompletableFuture.allOf(homes.toArray(CompletableFuture[]::new)).thenRun(() -> done.complete(null));
    }

    private @Nullable PartitionLog openLog(LogId id, PartitionConfig config) {
        try {
            return store.openOrCreate(id, config.log());
        } catch (LogException e) {
            log.error("partition={} is offline: {}", id, e.failure().message());
            return null;
        }
    }

    private void publish(Partitions.Topic topic, TopicImage image, PartitionLog opened, PartitionConfig config) {
        int index = opened.id().partition();
        Leadership decided = leadership(image.partitions().get(index));
        if (decided.leading()) {
            opened.beginEpoch(decided.epoch());
        }
        Partition partition = new Partition(opened, opened.home(), config, decided);
        partition.open();
        partitions.place(topic.id(), index, partition);
        if (decided.leading()) {
            leaderships.leading(partition);
        }
    }

    private void lead(Partition partition, Leadership decided) {
        Leadership before = partition.leadership();
        partition.lead(decided);
        Leadership now = partition.leadership();
        if (now.leading() && (!before.leading() || now.epoch() > before.epoch())) {
            leaderships.leading(partition);
        } else if (before.leading() && !now.leading()) {
            leaderships.notLeading(partition);
        }
    }
}
