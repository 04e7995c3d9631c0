package io.sluice.kafka.handler;

import io.sluice.cluster.ClusterImage;
import io.sluice.cluster.Endpoint;
import io.sluice.cluster.PartitionImage;
import io.sluice.engine.Engine;
import io.sluice.engine.InternalTopics;
import io.sluice.kafka.Exchange;
import io.sluice.kafka.MessageHandler;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.FindCoordinatorResponseData.Coordinator;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/**
 * FindCoordinator (key 10, versions 0 to 6; from version 4 for several keys at once): the broker that leads a group's
 * partition of the offsets topic. The first question creates that topic. Coordinators of other kinds are refused with
 * errors that clients do not retry.
 */
public final class FindCoordinatorHandler extends MessageHandler<FindCoordinatorRequestData> {
    static final int BATCHED_FROM = 4;
    private static final byte GROUP = 0;
    private static final byte TRANSACTION = 1;
    private static final long TIMEOUT_MS = 5_000;

    private final Engine engine;

    public FindCoordinatorHandler(Engine engine) {
        super(ApiKeys.FIND_COORDINATOR);
        this.engine = engine;
    }

    @Override
    protected void handle(FindCoordinatorRequestData request, Exchange exchange) {
        boolean batched = exchange.version() >= BATCHED_FROM;
        List<String> keys = batched ? request.coordinatorKeys() : List.of(request.key());
        List<CompletionStage<Coordinator>> found =
                keys.stream().map(key -> find(key, request.keyType(), exchange)).toList();
        exchange.respondWhen(Stages.all(found), coordinators -> answer(coordinators, batched));
    }

    private CompletionStage<Coordinator> find(String key, byte type, Exchange exchange) {
        if (type == TRANSACTION) {
            return CompletableFuture.completedFuture(refused(
                    key, Errors.UNSUPPORTED_VERSION, "Transactional id " + key + ": transactions are not served yet"));
        }
        if (type != GROUP) {
            return CompletableFuture.completedFuture(
                    refused(key, Errors.INVALID_REQUEST, "Coordinators of kind " + type + " are not served"));
        }
        String listener = exchange.connection().listener();
        CompletionStage<Coordinator> found = engine.groups()
                .findPartition(key)
                .handle((partition, failure) -> failure == null
                        ? leader(key, partition, engine.image(), listener)
                        : notAvailable(key, String.valueOf(failure.getMessage())));
        return Stages.within(
                TIMEOUT_MS,
                exchange.connection().loop(),
                found,
                () -> notAvailable(key, "topic " + InternalTopics.OFFSETS + " is still being created"));
    }

    static Coordinator leader(String group, int partition, ClusterImage image, String listener) {
        Optional<PartitionImage> led = image.partition(InternalTopics.OFFSETS, partition);
        Optional<Endpoint> endpoint =
                led.flatMap(one -> image.broker(one.leader())).flatMap(broker -> broker.endpoint(listener));
        if (led.isEmpty() || endpoint.isEmpty()) {
            return notAvailable(
                    group, "partition " + partition + " of topic " + InternalTopics.OFFSETS + " has no leader");
        }
        return new Coordinator()
                .setKey(group)
                .setNodeId(led.get().leader())
                .setHost(endpoint.get().host())
                .setPort(endpoint.get().port());
    }

    private static Coordinator notAvailable(String group, String why) {
        return refused(group, Errors.COORDINATOR_NOT_AVAILABLE, "Group " + group + ": " + why);
    }

    private static Coordinator refused(String key, Errors error, String message) {
        return new Coordinator()
                .setKey(key)
                .setNodeId(-1)
                .setHost("")
                .setPort(-1)
                .setErrorCode(error.code())
                .setErrorMessage(message);
    }

    static FindCoordinatorResponseData answer(List<Coordinator> coordinators, boolean batched) {
        if (batched) {
            return new FindCoordinatorResponseData().setCoordinators(coordinators);
        }
        Coordinator one = coordinators.get(0);
        return new FindCoordinatorResponseData()
                .setNodeId(one.nodeId())
                .setHost(one.host())
                .setPort(one.port())
                .setErrorCode(one.errorCode())
                .setErrorMessage(one.errorMessage());
    }
}
