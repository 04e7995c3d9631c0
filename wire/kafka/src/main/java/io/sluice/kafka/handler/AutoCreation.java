package io.sluice.kafka.handler;

import io.sluice.base.Loop;
import io.sluice.cluster.NewTopic;
import io.sluice.cluster.Outcome;
import io.sluice.cluster.TopicImage;
import io.sluice.cluster.settings.BrokerClusterSettings;
import io.sluice.engine.Engine;
import io.sluice.kafka.ErrorCodes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Creates topics that clients name before they exist ({@code auto.create.topics.enable}), and waits until their
 * partitions answer, so that the client's first record does not have to be sent twice.
 */
final class AutoCreation {
    private static final Logger log = LoggerFactory.getLogger(AutoCreation.class);
    private static final long TIMEOUT_MS = 5_000;
    /** More than this at once is left to the client's next attempt. */
    private static final int MAX_TOPICS = 1_000;

    /** A partition takes several KiB for good: clients may not fill the heap by naming topics. */
    private static final int HEAP_BYTES_PER_PARTITION = 32 * 1024;

    private final Engine engine;
    private final long partitionsMax;
    private final AtomicLong partitionsUnderWay = new AtomicLong();

    AutoCreation(Engine engine) {
        this(engine, Runtime.getRuntime().maxMemory() / HEAP_BYTES_PER_PARTITION);
    }

    AutoCreation(Engine engine, long partitionsMax) {
        this.engine = engine;
        this.partitionsMax = partitionsMax;
    }

    boolean enabled() {
        return engine.settings().get(BrokerClusterSettings.AUTO_CREATE_TOPICS_ENABLE);
    }

    /**
     * Done when the topics can be used, with the errors of those that cannot, by name.
     *
     * @param names each once
     * @param timer bounds the waiting
     */
    CompletionStage<Map<String, Errors>> create(List<String> names, Loop timer) {
        List<String> wanted = names.stream()
                .filter(name -> !engine.internalTopics().isInternal(name))
                .limit(MAX_TOPICS)
                .toList();
        if (wanted.isEmpty()) {
            return CompletableFuture.completedFuture(Map.of());
        }
        long partitions = (long) wanted.size() * engine.settings().get(BrokerClusterSettings.NUM_PARTITIONS);
        if (engine.image().partitionCount() + partitionsUnderWay.addAndGet(partitions) > partitionsMax) {
            partitionsUnderWay.addAndGet(-partitions);
            log.warn(
                    "{} topics that clients ask for are not created: this broker has {} partitions, and its heap allows"
                            + " {} to be created like this; the first is {}",
                    wanted.size(),
                    engine.image().partitionCount(),
                    partitionsMax,
                    wanted.get(0));
            return CompletableFuture.completedFuture(all(wanted, Errors.POLICY_VIOLATION));
        }
        CompletionStage<Map<String, Errors>> created = engine.cluster()
                .ensureTopics(wanted.stream().map(NewTopic::withDefaults).toList())
                .thenCompose(outcomes -> awaitReady(wanted, outcomes));
        created.whenComplete((done, failure) -> partitionsUnderWay.addAndGet(-partitions));
        return Stages.within(TIMEOUT_MS, timer, created, () -> all(wanted, Errors.LEADER_NOT_AVAILABLE));
    }

    private CompletionStage<Map<String, Errors>> awaitReady(List<String> names, List<Outcome<TopicImage>> outcomes) {
        Map<String, Errors> errors = new HashMap<>();
        List<CompletableFuture<Void>> ready = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            Outcome<TopicImage> outcome = outcomes.get(i);
            if (outcome instanceof Outcome.Done<TopicImage> done) {
                ready.add(engine.whenReady(done.value().id()).toCompletableFuture());
            } else if (outcome instanceof Outcome.Refused<TopicImage> refused) {
                errors.put(names.get(i), told(ErrorCodes.of(refused.reason())));
            }
        }
        return CompletableFuture.allOf(ready.toArray(CompletableFuture<?>[]::new))
                .thenApply(done -> errors);
    }

    /** A producer waits and asks again when it hears that there is no leader yet. */
    private static Errors told(Errors error) {
        return error.exception() instanceof org.apache.kafka.common.errors.RetriableException
                ? Errors.LEADER_NOT_AVAILABLE
                : error;
    }

    private static Map<String, Errors> all(List<String> names, Errors error) {
        Map<String, Errors> errors = new HashMap<>();
        names.forEach(name -> errors.put(name, error));
        return errors;
    }
}
