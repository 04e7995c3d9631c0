package io.sluice.engine;

import io.sluice.log.LogStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What lies in the data folders, for people and admin clients. Any thread. */
public final class DataFolders {
    private final LogStore store;
    private final Partitions partitions;

    DataFolders(LogStore store, Partitions partitions) {
        this.store = store;
        this.partitions = partitions;
    }

    /**
     * One data folder.
     *
     * @param failure why it is out of service, empty while it serves
     * @param totalBytes size of its disk
     * @param usableBytes what is free on its disk
     */
    public record Folder(
            Path path, Optional<String> failure, long totalBytes, long usableBytes, List<Replica> replicas) {}

    /**
     * One partition's log in a folder.
     *
     * @param sizeBytes bytes of all its segments
     */
    public record Replica(String topic, int partition, long sizeBytes) {}

    public List<Folder> describe() {
        List<Folder> folders = new ArrayList<>();
        for (Path path : store.folders()) {
            var space = store.space(path);
            folders.add(new Folder(
                    path, store.folderFailure(path), space.totalBytes(), space.usableBytes(), replicasIn(path)));
        }
        return folders;
    }

    private List<Replica> replicasIn(Path path) {
        List<Replica> replicas = new ArrayList<>();
        for (Partitions.Topic topic : partitions.all()) {
            for (int i = 0; i < topic.count(); i++) {
                Partition partition = topic.partition(i);
                if (partition != null && store.folderOf(partition.log()).equals(path)) {
                    replicas.add(new Replica(topic.name(), i, partition.log().sizeBytes()));
                }
            }
        }
        return replicas;
    }
}
