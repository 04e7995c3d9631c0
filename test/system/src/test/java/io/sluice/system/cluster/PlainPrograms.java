package io.sluice.system.cluster;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Programs with nothing but Kafka's default settings, which leave all trying again to the client: one creates topics now and
 * then, and the members of a group read a topic and commit. Any error that the client tells them is a problem. Each on a
 * daemon thread of its own until {@link #stop}.
 */
final class PlainPrograms {
    private static final Duration POLL = Duration.ofMillis(100);
    private static final int MEMBERS = 2;
    private static final long PAUSE_MS = 300;

    private final String bootstrap;
    private final String topic;
    private final Queue<Throwable> problems = new ConcurrentLinkedQueue<>();
    private final AtomicLong read = new AtomicLong();
    private final AtomicInteger created = new AtomicInteger();
    private final List<Thread> threads;
    private volatile boolean stopping;

    private PlainPrograms(String bootstrap, String topic) {
        this.bootstrap = bootstrap;
        this.topic = topic;
        List<Thread> all = new ArrayList<>();
        for (int i = 0; i < MEMBERS; i++) {
            all.add(new Thread(this::readAll, "member-" + i));
        }
        all.add(new Thread(this::createTopics, "creator"));
        this.threads = List.copyOf(all);
    }

    static PlainPrograms start(String bootstrap, String topic) {
        PlainPrograms programs = new PlainPrograms(bootstrap, topic);
        programs.threads.forEach(thread -> {
            thread.setDaemon(true);
            thread.setUncaughtExceptionHandler((which, error) -> programs.problems.add(error));
            thread.start();
        });
        return programs;
    }

    void stop() throws InterruptedException {
        stopping = true;
        for (Thread thread : threads) {
            thread.join();
        }
    }

    Queue<Throwable> problems() {
        return problems;
    }

    long read() {
        return read.get();
    }

    int created() {
        return created.get();
    }

    private void readAll() {
        Map<String, Object> settings =
                Map.of("bootstrap.servers", bootstrap, "group.id", "plain-" + topic, "auto.offset.reset", "earliest");
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.subscribe(List.of(topic));
            while (!stopping) {
                read.addAndGet(consumer.poll(POLL).count());
                consumer.commitSync();
            }
        }
    }

    private void createTopics() {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            while (!stopping) {
                create(admin, "made-" + created.get());
                created.incrementAndGet();
                TimeUnit.MILLISECONDS.sleep(PAUSE_MS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void create(Admin admin, String name) throws InterruptedException {
        try {
            admin.createTopics(List.of(new NewTopic(name, Optional.of(1), Optional.empty())))
                    .all()
                    .get();
        } catch (ExecutionException e) {
            // The client asks again when an answer was lost with its broker, and finds the topic there.
            if (!(e.getCause() instanceof TopicExistsException)) {
                problems.add(e);
            }
        }
    }
}
