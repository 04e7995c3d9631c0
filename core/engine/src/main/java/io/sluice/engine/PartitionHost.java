package io.sluice.engine;

import io.sluice.base.Loop;
import io.sluice.base.Workers;
import io.sluice.cluster.ClusterImage;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes this broker hold what the image says it holds: opens, closes and removes partitions, tells them who leads and what
 * their settings are. Told of images on the control loop, where its own state lives; folders are made on workers and
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
    private final Homes homes;
    private final Consumer<LogId> onLost;
    /** Completed once every partition of the topic that belongs here is open. */
    private final ConcurrentHashMap<UUID, CompletableFuture<Void>> ready = new ConcurrentHashMap<>();
    /** Being opened; who finishes that looks at the latest image itself. */
    private final Set<LogId> opening = ConcurrentHashMap.newKeySet();
    /** Being removed from disk; such a log can be opened anew only afterwards. */
    private final ConcurrentHashMap<LogId, CompletableFuture<Void>> removing = new ConcurrentHashMap<>();

    /**
     * What the partitions of each topic were last told to be like. What they are like does not say: they may not have come
     * to it yet. Control loop.
     */
    private final Map<UUID, PartitionConfig> told = new TreeMap<>();

    private volatile SettingLayers settings;
    private volatile ClusterImage latest;

    /** @param onLost hears of partitions whose logs do not serve; any thread */
    PartitionHost(
            Engine.Options options,
            LogStore store,
            Workers workers,
            Partitions partitions,
            InternalTopics internal,
            Homes homes,
            Consumer<LogId> onLost) {
        this.brokerId = options.brokerId();
        this.staticSettings = options.staticSettings();
        this.store = store;
        this.workers = workers;
        this.partitions = partitions;
        this.internal = internal;
        this.homes = homes;
        this.onLost = onLost;
        this.settings = SettingLayers.ofStatic(staticSettings);
        this.latest = ClusterImage.empty("");
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
        return CompletableFuture.allOf(closed.toArray(CompletableFuture[]::new)).thenRun(homes::close);
    }

    @Override
    public void imageChanged(ImageChange change) {
        latest = change.after();
        if (change.events().stream().anyMatch(PartitionHost::isAboutBrokers)) {
            homes.brokersChanged(change.after().brokers()); // before any partition is told to follow one of them
        }
        settings = SettingLayers.ofBroker(brokerId, staticSettings, change.after());
        homes.keepRates(settings);
        boolean brokerSettingsChanged = false;
        for (ImageEvent event : change.events()) {
            if (event instanceof ImageEvent.TopicCreated created) {
                create(created.topic());
            } else if (event instanceof ImageEvent.TopicChanged changed) {
                follow(changed.topic(), change.before().topic(changed.topic().id()));
            } else if (event instanceof ImageEvent.PartitionsChanged changed) {
                follow(changed, change.after());
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
        openMissing(topic, image);
    }

    private static boolean isAboutBrokers(ImageEvent event) {
        return event instanceof ImageEvent.BrokerRegistered || event instanceof ImageEvent.BrokerGone;
    }

    private void follow(TopicImage image, Optional<TopicImage> before) {
        Partitions.Topic topic = partitions.topic(image.id());
        if (topic == null) {
            create(image);
            return;
        }
        if (image.partitionCount() > topic.count()) {
            topic = topic.grown(image.partitionCount());
            partitions.put(topic);
        }
        for (int i = 0; i < image.partitionCount(); i++) {
            PartitionImage decided = image.partitions().get(i);
            int index = i;
            boolean same = before.flatMap(known -> known.partition(index))
                    .filter(decided::equals)
                    .isPresent();
            if (!same) {
                follow(topic, i, decided);
            }
        }
        reconfigure(image);
        openMissing(topic, image);
    }

    private void follow(ImageEvent.PartitionsChanged changed, ClusterImage after) {
        Partitions.Topic topic = partitions.topic(changed.topicId());
        if (topic == null) {
            return;
        }
        boolean arrives = false;
        for (Map.Entry<Integer, PartitionImage> each : changed.partitions().entrySet()) {
            follow(topic, each.getKey(), each.getValue());
            arrives |= topic.partition(each.getKey()) == null
                    && each.getValue().replicas().has(brokerId);
        }
        if (arrives) {
            after.topic(changed.topicId()).ifPresent(image -> openMissing(topic, image));
        }
    }

    private void follow(Partitions.Topic topic, int index, PartitionImage decided) {
        Partition partition = topic.partition(index);
        if (partition == null) {
            return;
        }
        if (decided.replicas().has(brokerId)) {
            partition.home().run(() -> partition.follow(decided));
        } else {
            remove(partition, "this broker is no longer a replica");
        }
    }

    private void reconfigure(TopicImage image) {
        Partitions.Topic topic = partitions.topic(image.id());
        if (topic == null) {
            return;
        }
        PartitionConfig config = config(image);
        if (config.equals(told.put(image.id(), config))) {
            return;
        }
        for (int i = 0; i < topic.count(); i++) {
            Partition partition = topic.partition(i);
            if (partition != null) {
                partition.home().run(() -> partition.reconfigure(config));
            }
        }
    }

    private void delete(UUID topicId) {
        Partitions.Topic topic = partitions.topic(topicId);
        ready.remove(topicId);
        told.remove(topicId);
        if (topic == null) {
            return;
        }
        partitions.remove(topic);
        for (int i = 0; i < topic.count(); i++) {
            Partition partition = topic.partition(i);
            if (partition != null) {
                remove(partition, "topic " + topic.name() + " was deleted");
            }
        }
    }

    /** Stops a partition and deletes its log; the topic's id is part of the log's (R18, R22). */
    private void remove(Partition partition, String why) {
        LogId id = partition.id();
        CompletableFuture<Void> removed = new CompletableFuture<>();
        if (removing.putIfAbsent(id, removed) != null) {
            return; // the control loop and who opened it came to the same conclusion
        }
        partitions.place(id.topicId(), id.partition(), null);
        log.debug("msg=\"partition leaves this broker\" partition={} topicId={} why=\"{}\"", id, id.topicId(), why);
        partition.home().run(() -> {
            partition.close(why);
            deleteLog(id, removed);
        });
    }

    private void deleteLog(LogId id, CompletableFuture<Void> removed) {
        store.delete(id).whenComplete((done, failure) -> {
            if (failure != null) {
                log.warn("partition={} could not be removed from disk", id, failure);
            }
            removing.remove(id, removed);
            removed.complete(null);
        });
    }

    /**
     * Begins a damaged log anew (S2): what the partition told its leaders counts no more from {@code leaderEpoch} on, so
     * what takes its place is a replica that has nothing. Any thread.
     */
    void renew(Partition damaged, int leaderEpoch) {
        LogId id = damaged.id();
        damaged.home().run(() -> {
            damaged.close("its log is damaged and begun anew"); // it tells no leader anything any more
            if (damaged.followerLog().toldEpoch() >= leaderEpoch) {
                onLost.accept(id);
                return;
            }
            CompletableFuture<Void> removed = new CompletableFuture<>();
            removing.put(id, removed);
            partitions.place(id.topicId(), id.partition(), null);
            store.setAside(id).whenComplete((done, failure) -> {
                if (failure != null) {
                    log.error("partition={} could not be set aside to be begun anew", id, failure);
                }
                removing.remove(id, removed);
                removed.complete(null);
                openAnew(id);
            });
        });
    }

    private void openAnew(LogId id) {
        Optional<TopicImage> topic = latest.topic(id.topicId());
        if (topic.isPresent() && opening.add(id)) {
            openChunk(List.of(id), config(topic.get()));
        }
    }

    private PartitionConfig config(TopicImage image) {
        return PartitionConfigs.of(settings.withTopic(image.configs()), internal.isInternal(image.name()), brokerId);
    }

    /** Opens the partitions that are assigned to this broker and not here yet. */
    private void openMissing(Partitions.Topic topic, TopicImage image) {
        PartitionConfig config = config(image);
        told.putIfAbsent(image.id(), config);
        List<CompletableFuture<Void>> chunks = new ArrayList<>();
        List<LogId> chunk = new ArrayList<>();
        for (int i = 0; i < image.partitionCount(); i++) {
            LogId id = new LogId(topic.id(), topic.name(), i);
            if (!image.partitions().get(i).replicas().has(brokerId)) {
                removeStray(id);
            } else if (topic.partition(i) == null && beginsToOpen(topic, id)) {
                CompletableFuture<Void> leaving = removing.get(id);
                if (leaving == null) {
                    chunk.add(id);
                } else {
                    chunks.add(leaving.thenCompose(gone -> openChunk(List.of(id), config)));
                }
            }
            if (chunk.size() == CHUNK) {
                chunks.add(openChunk(List.copyOf(chunk), config));
                chunk.clear();
            }
        }
        if (!chunk.isEmpty()) {
            chunks.add(openChunk(List.copyOf(chunk), config));
        }
        chunks.add(ready.getOrDefault(topic.id(), CompletableFuture.completedFuture(null)));
        ready.put(topic.id(), CompletableFuture.allOf(chunks.toArray(CompletableFuture[]::new)));
    }

    /** Whoever finishes to open a log places it first and then says so: if it is not said any more it must be looked again. */
    private boolean beginsToOpen(Partitions.Topic topic, LogId id) {
        if (!opening.add(id)) {
            return false;
        }
        if (topic.partition(id.partition()) != null) {
            opening.remove(id);
            return false;
        }
        return true;
    }

    /** A log that was moved to other brokers while this one was down. */
    private void removeStray(LogId id) {
        if (store.find(id).isPresent() && !opening.contains(id) && !removing.containsKey(id)) {
            log.info("msg=\"log of a partition that left while this broker was down is removed\" partition={}", id);
            CompletableFuture<Void> removed = new CompletableFuture<>();
            removing.put(id, removed);
            deleteLog(id, removed);
        }
    }

    private CompletableFuture<Void> openChunk(List<LogId> ids, PartitionConfig config) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        try {
            workers.execute(() -> openHere(ids, config, done));
        } catch (RejectedExecutionException e) {
            // More topics at once than the queue takes: the control loop makes the folders itself, and so slows down.
            openHere(ids, config, done);
        }
        return done;
    }

    private void openHere(List<LogId> ids, PartitionConfig config, CompletableFuture<Void> done) {
        Map<Loop, List<PartitionLog>> byHome = new LinkedHashMap<>();
        for (LogId id : ids) {
            PartitionLog opened = openLog(id, config);
            if (opened == null) {
                opening.remove(id);
            } else {
                byHome.computeIfAbsent(opened.home(), home -> new ArrayList<>()).add(opened);
            }
        }
        List<CompletableFuture<Void>> published = new ArrayList<>();
        byHome.forEach((home, logs) -> {
            CompletableFuture<Void> all = new CompletableFuture<>();
            published.add(all);
            home.execute(() -> {
                logs.forEach(opened -> publish(opened, config));
                all.complete(null);
            });
        });
        CompletableFuture.allOf(published.toArray(CompletableFuture[]::new)).thenRun(() -> done.complete(null));
    }

    private @Nullable PartitionLog openLog(LogId id, PartitionConfig config) {
        try {
            return store.openOrCreate(id, config.log());
        } catch (LogException e) {
            log.error("partition={} is offline: {}", id, e.failure().message());
            return null;
        }
    }

    /** Images may have come since it was decided to open the log: the latest holds. On the home loop. */
    private void publish(PartitionLog opened, PartitionConfig config) {
        LogId id = opened.id();
        Partition partition = new Partition(opened, config, homes.ports(opened.home()));
        partitions.place(id.topicId(), id.partition(), partition);
        opening.remove(id);
        Optional<TopicImage> topic = latest.topic(id.topicId());
        Optional<PartitionImage> decided = topic.flatMap(now -> now.partition(id.partition()))
                .filter(now -> now.replicas().has(brokerId));
        if (decided.isEmpty()) {
            remove(partition, "it was moved or deleted while it was being opened");
            return;
        }
        topic.map(this::config).filter(now -> !now.equals(config)).ifPresent(partition::reconfigure);
        partition.follow(decided.get());
        if (opened.failure().isPresent()) {
            onLost.accept(id);
        }
    }
}
