package io.sluice.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.base.EpochChain;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NodeCodecTest {
    @Property(tries = 300)
    void topicIsReadAsItWasWritten(
            @ForAll String name,
            @ForAll @Size(max = 5) Map<String, String> configs,
            @ForAll @Size(max = 20) List<@Size(max = 4) List<Integer>> replicas) {
        List<PartitionImage> partitions = IntStream.range(0, replicas.size())
                .mapToObj(i -> {
                    BrokerIds ids = BrokerIds.copyOf(replicas.get(i));
                    PartitionImage usual = new PartitionImage(i - 1, i, ids, ids, i * 7);
                    return i % 3 == 0 ? usual : unusual(usual, i);
                })
                .toList();
        TopicImage topic = new TopicImage(new UUID(3, 4), name, configs, partitions);

        TopicImage read = NodeCodec.topic(topic.id(), NodeCodec.topic(topic), NodeCodec.partitions(topic));

        assertThat(read).isEqualTo(topic);
    }

    private static PartitionImage unusual(PartitionImage usual, int i) {
        BrokerIds some = BrokerIds.of(i, i + 1);
        return new PartitionImage(
                usual.leader(),
                usual.leaderEpoch(),
                usual.replicas(),
                usual.isr(),
                usual.partitionEpoch(),
                new Eligibility(i % 2 == 0 ? some : BrokerIds.of(), BrokerIds.of(i), i % 5 == 0),
                i % 4 == 0 ? new Reassignment(usual.replicas(), some) : Reassignment.NONE);
    }

    @Test
    void r14NotedEpochIsReadAsItWasWritten() {
        for (BrokerInfo.Condition condition : BrokerInfo.Condition.values()) {
            NodeCodec.NotedEpoch epoch = new NodeCodec.NotedEpoch(1L << 40, condition);
            assertThat(NodeCodec.notedEpoch(NodeCodec.notedEpoch(epoch))).isEqualTo(epoch);
        }
        assertThat(NodeCodec.plain(NodeCodec.notedEpoch(new NodeCodec.NotedEpoch(7, BrokerInfo.Condition.SERVING))))
                .isEqualTo("{\"v\":1,\"epoch\":7}");
    }

    @Test
    void registrationIsReadAsItWasWritten() {
        NodeCodec.Registration node = new NodeCodec.Registration(
                "dir",
                List.of(new Endpoint("A", "PLAINTEXT", "::1", 1)),
                Optional.of("rack \"1\""),
                EpochChain.of(7).then(1L << 40),
                Optional.empty(),
                2);

        assertThat(NodeCodec.registration(NodeCodec.registration(node))).isEqualTo(node);
    }

    @Test
    void registrationOfANextVersionIsReadAsFarAsItIsKnown() {
        NodeCodec.Registration next = NodeCodec.registration(NodeCodec.plain(
                "{\"v\":1,\"directory\":\"d\",\"next\":{\"version\":[1,\"x\"]},\"level\":7,\"endpoints\":[]}"));

        assertThat(next.level()).isEqualTo(7);
        assertThat(next.directory()).isEqualTo("d");
    }

    @Test
    void r14RegistrationOfEarlierVersionsProvesOneEpochAndThoseReadTheLatest() {
        NodeCodec.Registration old = NodeCodec.registration(
                NodeCodec.plain("{\"v\":1,\"directory\":\"d\",\"provenEpoch\":7,\"endpoints\":[]}"));
        assertThat(old.proven()).isEqualTo(EpochChain.of(7));
        assertThat(old.level()).isEqualTo(PeerLevel.FIRST);
        assertThat(old.minInSync()).as("not said").isZero();

        assertThat(NodeCodec.plain(NodeCodec.registration(new NodeCodec.Registration(
                        "d", List.of(), Optional.empty(), EpochChain.of(7).then(9), Optional.empty(), 0))))
                .contains("\"provenEpoch\":9,")
                .contains("\"provenEpochs\":[7,9]");
    }

    @Test
    void sessionKeysAreReadAsTheyWereWritten() {
        SessionKey key = new SessionKey(0x9000_0000_0000_0001L, new byte[] {0, 1, -1, 127, -128});

        NodeCodec.Registration registration = NodeCodec.registration(NodeCodec.registration(
                new NodeCodec.Registration("dir", List.of(), Optional.empty(), EpochChain.NONE, Optional.of(key), 0)));
        NodeCodec.ControllerNode controller =
                NodeCodec.controller(NodeCodec.controller(new NodeCodec.ControllerNode(2, "dir", 9, Optional.of(key))));

        assertThat(registration.session())
                .hasValueSatisfying(read -> assertThat(read.password()).isEqualTo(key.password()));
        assertThat(registration.session().orElseThrow().id()).isEqualTo(key.id());
        assertThat(controller.session())
                .hasValueSatisfying(read -> assertThat(read.password()).isEqualTo(key.password()));
        assertThat(controller.epoch()).isEqualTo(9);
    }

    @Test
    void formOnDiskIsTheOneThatIsDocumented() {
        BrokerIds ids = BrokerIds.of(1, 2);
        TopicImage topic = new TopicImage(
                new UUID(0, 1), "orders", Map.of("retention.ms", "5"), List.of(new PartitionImage(1, 3, ids, ids, 4)));

        assertThat(NodeCodec.plain(NodeCodec.topic(topic)))
                .isEqualTo("{\"v\":1,\"name\":\"orders\",\"configs\":{\"retention.ms\":\"5\"},\"replicas\":[[1,2]]}");
        assertThat(NodeCodec.plain(NodeCodec.partitions(topic))).isEqualTo("{\"v\":1,\"states\":[[1,3,4,[1,2]]]}");

        TopicImage unusual = topic.withPartitions(Map.of(
                0,
                new PartitionImage(
                        -1,
                        4,
                        ids,
                        BrokerIds.of(),
                        5,
                        new Eligibility(BrokerIds.of(2), BrokerIds.of(1), true),
                        new Reassignment(ids, BrokerIds.of(3)))));
        assertThat(NodeCodec.plain(NodeCodec.partitions(unusual)))
                .isEqualTo("{\"v\":2,\"states\":[[-1,4,5,[],{\"elr\":[2],\"known\":[1],\"recovering\":1,"
                        + "\"original\":[1,2],\"target\":[3]}]]}");
    }

    @Test
    void newerFormatIsRefusedByName() {
        assertThatThrownBy(() -> NodeCodec.configs(NodeCodec.plain("{\"v\":2,\"configs\":{}}")))
                .hasMessageContaining("written in format 2 by a newer Sluice");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[1,",
                "{\"v\":1,}",
                "{\"v\":x}",
                "{\"v\":1}x",
                "\"abc",
                "\"\\u12",
                "[[[[[[[[[[[[[[[[[[1",
                "nul"
            })
    void malformedNodeIsRefusedAndNothingElse(String text) {
        assertThatThrownBy(() -> NodeCodec.configs(NodeCodec.plain(text))).isInstanceOf(IllegalArgumentException.class);
    }

    @Property(tries = 300)
    void anyGroupNameIsOneLegalPathElement(@ForAll String name) {
        String wellFormed = new String(
                name.getBytes(java.nio.charset.StandardCharsets.UTF_8), java.nio.charset.StandardCharsets.UTF_8);
        String element = StorePaths.escape(wellFormed);

        assertThat(element).matches("[A-Za-z0-9_%-]+");
        assertThat(StorePaths.unescape(element)).isEqualTo(wellFormed);
    }
}
