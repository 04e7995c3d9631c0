package io.sluice.system.cluster;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * Programs that make topics, set their settings and delete them without end, and ask again when an answer says that this
 * may help. Every other error is a problem: also that a topic is there already, or gone, for that is an answer that got
 * lost. On daemon threads of its own.
 */
final class AdminLoad {
    private static final long ANSWER_S = 120;
    private static final short REPLICAS = 3;

    private final String bootstrap;
    private final AtomicInteger done = new AtomicInteger();
    private final Queue<String> retried = new ConcurrentLinkedQueue<>();
    private final Queue<Throwable> problems = new ConcurrentLinkedQueue<>();
    private final List<Thread> threads;
    private volatile boolean stopped;

    private interface Call {
        KafkaFuture<Void> on(Admin admin);
    }

    private AdminLoad(String bootstrap, int programs) {
        this.bootstrap = bootstrap;
        this.threads = java.util.stream.IntStream.range(0, programs)
                .mapToObj(number -> new Thread(() -> run(number), "admin-load-" + number))
                .toList();
    }

    static AdminLoad begin(String bootstrap, int programs) {
        AdminLoad load = new AdminLoad(bootstrap, programs);
        load.threads.forEach(thread -> {
            thread.setDaemon(true);
            thread.start();
        });
        return load;
    }

    /** Changes that were made. */
    int done() {
        return done.get();
    }

    /** What it was told to try again for. */
    Collection<String> retried() {
        return List.copyOf(retried);
    }

    Collection<Throwable> problems() {
        return List.copyOf(problems);
    }

    void stop() throws InterruptedException {
        stopped = true;
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private void run(int number) {
        try (Admin admin = Admin.create(
                Map.of("bootstrap.servers", bootstrap, "reconnect.backoff.ms", 20, "reconnect.backoff.max.ms", 100))) {
            for (int i = 0; !stopped; i++) {
                String topic = "admin-" + number + "-" + i;
                AlterConfigOp shorter =
                        new AlterConfigOp(new ConfigEntry("retention.ms", "3600000"), AlterConfigOp.OpType.SET);
                ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
                ask(admin, TopicExistsException.class, each -> each.createTopics(
                                List.of(new NewTopic(topic, 2, REPLICAS)))
                        .all());
                ask(admin, Nothing.class, each -> each.incrementalAlterConfigs(Map.of(resource, List.of(shorter)))
                        .all());
                ask(admin, UnknownTopicOrPartitionException.class, each -> each.deleteTopics(List.of(topic))
                        .all());
            }
        } catch (ExecutionException | TimeoutException | RuntimeException e) {
            problems.add(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** @param wasDone what is answered when it had been done by a try of which nobody knew that */
    private void ask(Admin admin, Class<?> wasDone, Call call)
            throws ExecutionException, TimeoutException, InterruptedException {
        boolean nobodyKnows = false;
        for (boolean again = true; again; ) {
            try {
                call.on(admin).get(ANSWER_S, TimeUnit.SECONDS);
                done.incrementAndGet();
                again = false;
            } catch (ExecutionException e) {
                again = !(nobodyKnows && wasDone.isInstance(e.getCause()));
                if (again && !(e.getCause() instanceof RetriableException)) {
                    throw e;
                }
                nobodyKnows |= e.getCause() instanceof org.apache.kafka.common.errors.TimeoutException;
                retried.add(String.valueOf(e.getCause()));
            }
        }
    }

    /** No change is refused like this for having been made. */
    private static final class Nothing {}
}
