package io.sluice.kafka.handler;

import io.sluice.engine.DataFolders;
import io.sluice.engine.DataFolders.Folder;
import io.sluice.engine.DataFolders.Replica;
import io.sluice.kafka.Exchange;
import io.sluice.kafka.MessageHandler;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.message.DescribeLogDirsRequestData;
import org.apache.kafka.common.message.DescribeLogDirsRequestData.DescribableLogDirTopic;
import org.apache.kafka.common.message.DescribeLogDirsRequestData.DescribableLogDirTopicCollection;
import org.apache.kafka.common.message.DescribeLogDirsResponseData;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsPartition;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsResult;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** DescribeLogDirs (key 35, versions 1 to 5): the data folders, what room they have and what lies in them. */
public final class DescribeLogDirsHandler extends MessageHandler<DescribeLogDirsRequestData> {
    private final DataFolders folders;

    public DescribeLogDirsHandler(DataFolders folders) {
        super(ApiKeys.DESCRIBE_LOG_DIRS);
        this.folders = folders;
    }

    @Override
    protected void handle(DescribeLogDirsRequestData request, Exchange exchange) {
        exchange.respond(answer(request, folders.describe()));
    }

    static DescribeLogDirsResponseData answer(DescribeLogDirsRequestData request, List<Folder> folders) {
        List<DescribeLogDirsResult> results = new ArrayList<>();
        for (Folder folder : folders) {
            Errors error = folder.failure().isPresent() ? Errors.KAFKA_STORAGE_ERROR : Errors.NONE;
            results.add(new DescribeLogDirsResult()
                    .setErrorCode(error.code())
                    .setLogDir(folder.path().toAbsolutePath().toString())
                    .setTotalBytes(folder.totalBytes())
                    .setUsableBytes(folder.usableBytes())
                    .setTopics(topics(folder.replicas(), request.topics())));
        }
        return new DescribeLogDirsResponseData().setResults(results);
    }

    /** @param asked null for all */
    private static List<DescribeLogDirsTopic> topics(
            List<Replica> replicas, @Nullable DescribableLogDirTopicCollection asked) {
        Map<String, DescribeLogDirsTopic> topics = new LinkedHashMap<>();
        for (Replica replica : replicas) {
            String name = replica.topic();
            if (asked != null && !names(asked.find(name), replica.partition())) {
                continue;
            }
            topics.computeIfAbsent(name, topic -> new DescribeLogDirsTopic().setName(topic))
                    .partitions()
                    .add(new DescribeLogDirsPartition()
                            .setPartitionIndex(replica.partition())
                            .setPartitionSize(replica.sizeBytes()));
        }
        return new ArrayList<>(topics.values());
    }

    private static boolean names(@Nullable DescribableLogDirTopic topic, int partition) {
        return topic != null && topic.partitions().contains(partition);
    }
}
