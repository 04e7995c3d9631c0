package io.sluice.engine;

import io.sluice.base.Clock;
import io.sluice.base.Entropy;
import io.sluice.base.Loops;
import io.sluice.base.Workers;
import io.sluice.cluster.Cluster;
import io.sluice.cluster.ClusterImage;
import io.sluice.cluster.LogEnds;
import io.sluice.cluster.settings.SettingLayers;
import io.sluice.engine.group.GroupMemory;
import io.sluice.engine.group.Groups;
import io.sluice.log.LogId;
import io.sluice.log.LogStore;
import io.sluice.log.PartitionLog;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/**
 * The broker as its front ends see it: the cluster, the partitions that are here, and what works on them. Safe from any
 * thread. Follows the cluster image from {@link #start} on.
 */
public final class Engine {
    private final int brokerId;
    private final Cluster cluster;
    private final LogStore store;
    private final Ports ports;
    private final Partitions partitions = new Partitions();
    private final InternalTopics internalTopics = new InternalTopics();
    private final PartitionHost host;
    private final LostReplicas lostReplicas;
    private final RoomReports roomReports;
    private final OffsetsTopicReplicas offsetsTopicReplicas;
    private final GroupTopics groupTopics;
    private final Groups groups;
    private final ProducerIds producerIds;
    private final PartitionQueries queries;
    private final ReadReplicas readReplicas;
    private final DataFolders dataFolders;

    /**
     * @param brokerId {@code node.id}
     * @param staticSettings what the broker was started with, by name
     * @param groupBytes the heap that all groups together may take
     */
    public record Options(int brokerId, Map<String, String> staticSettings, long groupBytes) {}

    /** What the engine runs on. */
    public record Ports(Loops loops, Workers workers, Clock clock, Entropy entropy) {}

    /**
     * @param cluster as this node sees it
     * @param links to the leaders of partitions that this broker follows
     * @param store loaded
     */
    public Engine(Options options, Cluster cluster, ReplicaLinks links, LogStore store, Ports ports) {
        this.brokerId = options.brokerId();
        this.cluster = cluster;
        this.store = store;
        this.ports = ports;
        Workers workers = ports.workers();
        SettingLayers startedWith = SettingLayers.ofStatic(options.staticSettings());
        HomeReplicas.Setting replication = new HomeReplicas.Setting(
                ReplicaSettings.of(startedWith),
                new ReplicaFetcher.Follower(brokerId, cluster::brokerEpoch),
                links,
                new GroupLeaderships(),
                ReplicationThrottles.of(ports.loops(), startedWith));
        this.host = new PartitionHost(
                options,
                store,
                workers,
                partitions,
                internalTopics,
                new Homes(ports.loops(), cluster, replication),
                this::lost);
        this.lostReplicas =
                new LostReplicas(ports.loops().all().get(0), brokerId, cluster, store, partitions, host::renew);
        this.roomReports = new RoomReports(ports.loops().all().get(0), brokerId, cluster, store);
        this.offsetsTopicReplicas =
                new OffsetsTopicReplicas(ports.loops().all().get(0), brokerId, cluster, host::settings);
        this.groupTopics = new GroupTopics(internalTopics);
        this.groups = new Groups(
                new GroupTopic(cluster, host, partitions, workers, host::settings),
                groupTopics,
                new GroupSettingsView(cluster, host::settings),
                new GroupMemory(options.groupBytes()),
                ports.entropy(),
                workers);
        this.producerIds = new ProducerIds(ports.loops().all().get(0), cluster);
        this.queries = new PartitionQueries(workers);
        this.readReplicas = new ReadReplicas(brokerId, cluster, startedWith);
        this.dataFolders = new DataFolders(store, partitions);
    }

    /** Begins to follow the cluster image. Call once, after the log store is loaded. */
    public void start() {
        store.addListener(lostReplicas);
        store.addListener(roomReports);
        cluster.addListener(host);
        cluster.addListener(roomReports);
        cluster.addListener(offsetsTopicReplicas);
        cluster.addListener(groupTopics);
    }

    private void lost(LogId id) {
        lostReplicas.report(List.of(id));
    }

    /** Done once this broker serves all partitions of the topics that it has been told of. On the control loop. */
    public CompletionStage<Void> whenAllReady() {
        return host.whenAllReady();
    }

    /**
     * Logs in the data folders whose topic the cluster does not have: it was deleted while this broker was down, or the
     * cluster's state was lost. They are left as they are, for a person to decide (R22).
     */
    public List<LogId> strayLogs() {
        return store.logs().stream()
                .map(PartitionLog::id)
                .filter(id -> partitions.topic(id.topicId()) == null)
                .toList();
    }

    /**
     * Stops serving: what is staged is written, what is pending is refused, readers are woken. Done when no partition
     * will change any more.
     */
    public CompletionStage<Void> close() {
        return host.close();
    }

    /** How far its logs go, for controllers. */
    public LogEnds logEnds() {
        return new ReplicaEnds(store);
    }

    /** The consumer groups that this broker coordinates. */
    public Groups groups() {
        return groups;
    }

    /** A group's coordinator is whoever leads its partition of the offsets topic. */
    private final class GroupLeaderships implements RoleListener {
        @Override
        public void leading(Partition partition) {
            if (partition.id().topic().equals(InternalTopics.OFFSETS)) {
                groups.lead(partition.id().partition());
            }
        }

        @Override
        public void notLeading(Partition partition) {
            if (partition.id().topic().equals(InternalTopics.OFFSETS)) {
                groups.resign(partition.id().partition(), partition.home());
            }
        }

        @Override
        public void following(Partition partition) {
            // Groups are coordinated where their partition is led; a follower only keeps the log.
        }

        @Override
        public void idle(Partition partition) {
            // As above.
        }
    }

    public int brokerId() {
        return brokerId;
    }

    public Cluster cluster() {
        return cluster;
    }

    public ClusterImage image() {
        return cluster.image();
    }

    public Partitions partitions() {
        return partitions;
    }

    public ProducerIds producerIds() {
        return producerIds;
    }

    /** Look-ups in partitions that may have to wait for a disk. */
    public PartitionQueries queries() {
        return queries;
    }

    /** Which replicas consumers are sent to. */
    public ReadReplicas readReplicas() {
        return readReplicas;
    }

    public DataFolders dataFolders() {
        return dataFolders;
    }

    public InternalTopics internalTopics() {
        return internalTopics;
    }

    /** This broker's settings as they hold now; combine with a topic's or group's own. */
    public SettingLayers settings() {
        return host.settings();
    }

    /** Done once this broker serves its partitions of a topic that the image has. */
    public CompletionStage<Void> whenReady(UUID topicId) {
        return host.whenReady(topicId);
    }

    public Loops loops() {
        return ports.loops();
    }

    public Workers workers() {
        return ports.workers();
    }

    public Clock clock() {
        return ports.clock();
    }

    LogStore store() {
        return store;
    }
}
