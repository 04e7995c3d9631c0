package io.sluice.system.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.system.harness.BrokerProcess;
import io.sluice.system.harness.ClassPath;
import io.sluice.system.harness.SharedBroker;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A member whose process is killed: its partitions go to the one that is left, once its session is over. */
@ExtendWith(SharedBroker.class)
@Execution(ExecutionMode.CONCURRENT)
class MemberCrashTest {
    private static final int PARTITIONS = 4;

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void killedMemberIsReplaced(String protocol, BrokerProcess broker) throws Exception {
        String topic = "killed-member-" + protocol;
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()))) {
            admin.createTopics(List.of(new NewTopic(topic, PARTITIONS, (short) 1)))
                    .all()
                    .get(30, TimeUnit.SECONDS);
        }
        Map<String, Object> settings = new HashMap<>(
                Map.of("bootstrap.servers", broker.bootstrap(), "group.id", topic, "group.protocol", protocol));
        if (protocol.equals("classic")) {
            settings.put("session.timeout.ms", "3000");
            settings.put("heartbeat.interval.ms", "300");
        }
        Process victim = member(topic, settings);
        try (KafkaConsumer<byte[], byte[]> heir =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            heir.subscribe(List.of(topic));
            pollUntilAssigned(heir, PARTITIONS / 2);
            victim.destroyForcibly();
            pollUntilAssigned(heir, PARTITIONS);
        } finally {
            victim.destroyForcibly();
        }
    }

    private static Process member(String topic, Map<String, Object> settings) throws IOException {
        List<String> words =
                new ArrayList<>(List.of(ClassPath.java(), "-cp", ClassPath.all(), MemberMain.class.getName(), topic));
        settings.forEach((name, value) -> words.add(name + "=" + value));
        return new ProcessBuilder(words)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private static void pollUntilAssigned(KafkaConsumer<byte[], byte[]> consumer, int partitions) {
        long deadline = System.nanoTime() + Duration.ofSeconds(40).toNanos();
        while (consumer.assignment().size() != partitions) {
            assertThat(System.nanoTime())
                    .as("%d partitions come, %s are assigned", partitions, consumer.assignment())
                    .isLessThan(deadline);
            consumer.poll(Duration.ofMillis(100));
        }
    }
}
