package io.sluice.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.base.EpochChain;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Messages between nodes: read as written, refused when torn, open for fields to come. */
class PeerFormatTest {
    private static final Random RANDOM = new Random(1);

    @Test
    void numbersAreReadAsWritten() {
        long[] numbers = {0, 1, -1, 63, 64, -64, -65, 127, 128, 1L << 31, Long.MAX_VALUE, Long.MIN_VALUE};
        PeerWriter out = new PeerWriter();
        for (long number : numbers) {
            out.int64(number);
        }
        PeerReader in = new PeerReader(out.toBytes());

        assertThat(Arrays.stream(numbers).map(each -> in.int64()))
                .containsExactly(Arrays.stream(numbers).boxed().toArray(Long[]::new));
        assertThat(in.hasMore()).isFalse();
    }

    @Test
    void structsOfAnyLengthAreReadAsWritten() {
        for (int length : new int[] {0, 1, 125, 126, 127, 128, 16_382, 16_383, 16_384, 2_097_151, 2_097_152}) {
            byte[] content = new byte[length];
            RANDOM.nextBytes(content);
            PeerWriter out = new PeerWriter();
            out.u8(9);
            out.struct(() -> out.raw(content));
            out.u8(7);
            PeerReader in = new PeerReader(out.toBytes());

            assertThat(in.u8()).isEqualTo(9);
            PeerReader struct = in.struct();
            for (byte each : content) {
                assertThat((byte) struct.u8()).isEqualTo(each);
            }
            assertThat(struct.hasMore()).isFalse();
            assertThat(in.u8()).isEqualTo(7);
        }
    }

    @Test
    void everyKindOfEventIsReadAsWritten() {
        List<ImageEvent> events = someOfEachEvent();

        assertThat(events.stream().<Object>map(ImageEvent::getClass).toList())
                .as("each kind there is")
                .contains((Object[]) ImageEvent.class.getPermittedSubclasses());
        PeerAnswer.Snapshot snapshot = new PeerAnswer.Snapshot(new ImageVersion(3, 1L << 33), events);
        assertThat(PeerAnswer.read(PeerAnswer.write(snapshot))).isEqualTo(snapshot);
        PeerAnswer.Delta delta = new PeerAnswer.Delta(
                new ImageVersion(3, 4), List.of(new PeerAnswer.Step(events), new PeerAnswer.Step(List.of())));
        assertThat(PeerAnswer.read(PeerAnswer.write(delta))).isEqualTo(delta);
    }

    @Test
    void requestsAndOtherAnswersAreReadAsWritten() {
        PeerRequest.Sender sender = new PeerRequest.Sender("cluster", 7, new Asker(3, 1L << 40));
        PeerRequest.Poll poll = new PeerRequest.Poll(sender, new ImageVersion(7, 9), 1_000);
        PeerAnswer.Refused refused = new PeerAnswer.Refused("why ∅");

        assertThat(PeerRequest.read(PeerRequest.write(poll))).isEqualTo(poll);
        PeerRequest.Call call = (PeerRequest.Call)
                PeerRequest.read(PeerRequest.write(new PeerRequest.Call(sender, 8, new byte[] {1, 2})));
        assertThat(call.sender()).isEqualTo(sender);
        assertThat(call.number()).isEqualTo(8);
        assertThat(call.body()).containsExactly(1, 2);
        assertThat(PeerAnswer.read(PeerAnswer.write(refused))).isEqualTo(refused);
        assertThat(PeerAnswer.read(PeerAnswer.write(new PeerAnswer.NotController())))
                .isEqualTo(new PeerAnswer.NotController());
    }

    @Test
    void requestsOfCallsAreReadAsWritten() {
        List<NewTopic> topics = List.of(
                NewTopic.withDefaults("a"),
                new NewTopic("b", -1, -1, List.of(List.of(1, 2), List.of()), Map.of("x", "", "y", "z")));
        List<IsrChange> changes =
                List.of(new IsrChange(new UUID(1, 2), 3, 4, 5, List.of(new IsrChange.Member(1, 1L << 40))));
        Map<ConfigResource, List<ConfigEdit>> edits = new LinkedHashMap<>();
        edits.put(
                ConfigResource.CLUSTER_DEFAULT,
                List.of(
                        ConfigEdit.set("a", "b"),
                        ConfigEdit.delete("c"),
                        new ConfigEdit(ConfigEdit.Kind.APPEND, "d", "e")));
        edits.put(ConfigResource.group("g"), List.of());

        assertThat(copied(ClusterCalls.CREATE_TOPICS.request(), new ClusterCalls.Trial<>(topics, true)))
                .isEqualTo(new ClusterCalls.Trial<>(topics, true));
        assertThat(copied(ClusterCalls.ALTER_ISR.request(), new ClusterCalls.Trial<>(changes, false))
                        .wanted())
                .isEqualTo(changes);
        assertThat(copied(ClusterCalls.EDIT_CONFIGS.request(), new ClusterCalls.Trial<>(edits, false))
                        .wanted())
                .isEqualTo(edits);
        assertThat(copied(
                                ClusterCalls.DELETE_TOPICS.request(),
                                new ClusterCalls.Trial<>(
                                        List.of(TopicRef.name("n"), TopicRef.id(new UUID(1, 2))), false))
                        .wanted())
                .containsExactly(TopicRef.name("n"), TopicRef.id(new UUID(1, 2)));
    }

    @Test
    void requestsAboutPartitionsAreReadAsWritten() {
        List<PartitionMove> moves = List.of(
                new PartitionMove(new PartitionRef("orders", 7), Optional.of(BrokerIds.of(3, 1))),
                new PartitionMove(new PartitionRef("orders", 8), Optional.empty()));
        ClusterCalls.ElectionOf election =
                new ClusterCalls.ElectionOf(Election.UNCLEAN, List.of(new PartitionRef("orders", 1)));

        assertThat(copied(ClusterCalls.REASSIGN.request(), new ClusterCalls.Trial<>(moves, false))
                        .wanted())
                .isEqualTo(moves);
        assertThat(copied(ClusterCalls.ELECT_LEADERS.request(), election)).isEqualTo(election);
        assertThat(copied(ClusterCalls.UNREGISTER_BROKER.request(), 7)).isEqualTo(7);
    }

    @Test
    void lostReplicasAreReadAsWritten() {
        var lost = new ClusterCalls.Trial<>(List.of(new LostReplica(new UUID(3, 4), 5, -1)), false);

        assertThat(copied(ClusterCalls.GIVE_UP_REPLICAS.request(), lost)).isEqualTo(lost);
    }

    @Test
    void everyRefusalIsReadAsWritten() {
        for (Refusal reason : Refusal.values()) {
            Outcome<Integer> outcome = Outcome.refused(reason, "because");
            assertThat(copied(CallFormats.outcome(PeerFormat.INT32), outcome)).isEqualTo(outcome);
        }
    }

    @Test
    void refusalThatIsNotKnownKeepsWhetherToTryAgain() {
        for (boolean retriable : new boolean[] {true, false}) {
            PeerWriter out = new PeerWriter();
            out.bool(false);
            out.text("A_NEWER_REASON");
            out.bool(retriable);
            out.text("because");

            Outcome<Integer> read = CallFormats.outcome(PeerFormat.INT32).read(new PeerReader(out.toBytes()));

            assertThat(((Outcome.Refused<Integer>) read).reason().isRetriable()).isEqualTo(retriable);
            assertThat(((Outcome.Refused<Integer>) read).message()).isEqualTo("because");
        }
    }

    @Test
    void fieldsThatAreNotKnownAreSkipped() {
        PeerWriter out = new PeerWriter();
        out.struct(() -> {
            out.text("listener");
            out.text("SSL");
            out.text("host");
            out.int32(1);
            out.text("a field of a newer version");
        });
        PeerWriter broker = new PeerWriter();
        broker.struct(() -> {
            broker.int32(4);
            broker.int64(5);
            broker.count(1);
            broker.raw(out.toBytes());
            broker.bool(false);
            broker.bool(false);
            broker.bool(true);
            broker.count(0);
            broker.int32(2);
            broker.int32(3);
            broker.bool(false);
            broker.raw(new byte[] {1, 2, 3});
        });

        BrokerInfo read = ImageFormats.BROKER.read(new PeerReader(broker.toBytes()));

        assertThat(read)
                .isEqualTo(new BrokerInfo(
                        4,
                        5,
                        List.of(new Endpoint("listener", "SSL", "host", 1)),
                        Optional.empty(),
                        EpochChain.NONE,
                        2,
                        3,
                        BrokerInfo.Condition.LEAVING));
    }

    @Test
    void brokerOfAVersionThatDoesNotSayIsOfTheFirstLevel() {
        PeerWriter broker = new PeerWriter();
        broker.struct(() -> {
            broker.int32(4);
            broker.int64(5);
            broker.count(0);
            broker.bool(false);
            broker.bool(false);
            broker.bool(false);
        });

        assertThat(ImageFormats.BROKER.read(new PeerReader(broker.toBytes())).level())
                .isEqualTo(PeerLevel.FIRST);
    }

    @Test
    void newerFormatIsRefusedByName() {
        byte[] request = PeerRequest.write(
                new PeerRequest.Poll(new PeerRequest.Sender("c", 1, new Asker(1, 1)), ImageVersion.NONE, 1));
        request[0] = 2;

        assertThatThrownBy(() -> PeerRequest.read(request))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessageContaining("format 2 of a newer Sluice");
    }

    @Test
    void messagesThatAreCutOffOrGarbledFailCleanly() {
        byte[] whole = PeerAnswer.write(new PeerAnswer.Snapshot(new ImageVersion(3, 3), someOfEachEvent()));
        for (int length = 0; length < whole.length; length++) {
            byte[] torn = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> PeerAnswer.read(torn)).isInstanceOf(MalformedMessageException.class);
        }
        for (int i = 0; i < 20_000; i++) {
            byte[] garbled = whole.clone();
            for (int flips = 1 + RANDOM.nextInt(3); flips > 0; flips--) {
                garbled[RANDOM.nextInt(garbled.length)] = (byte) RANDOM.nextInt();
            }
            assertThatCode(() -> readLeniently(garbled)).doesNotThrowAnyException();
        }
    }

    @Test
    void countThatCannotBeTrueIsRefusedBeforeAnythingIsAllocated() {
        PeerWriter out = new PeerWriter();
        out.count(Integer.MAX_VALUE);

        assertThatThrownBy(() -> PeerFormat.list(PeerFormat.INT32).read(new PeerReader(out.toBytes())))
                .isInstanceOf(MalformedMessageException.class);
    }

    @Test
    void imageOfTenThousandPartitionsIsFarFromTheBound() {
        List<ImageEvent> events = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            BrokerIds ids = BrokerIds.of(i % 3, (i + 1) % 3, (i + 2) % 3);
            events.add(new ImageEvent.TopicCreated(new TopicImage(
                    new UUID(i, i), "topic-" + i, Map.of(), List.of(new PartitionImage(i % 3, 7, ids, ids, 9)))));
        }

        byte[] bytes = PeerAnswer.write(new PeerAnswer.Snapshot(new ImageVersion(1, 1), events));

        assertThat(bytes.length).isLessThan(PeerAnswer.MAX_BYTES / 100);
    }

    private static void readLeniently(byte[] bytes) {
        try {
            PeerAnswer.read(bytes);
        } catch (MalformedMessageException e) {
            assertThat(e.getMessage()).isNotEmpty();
        }
    }

    private static <T> T copied(PeerFormat<T> format, T value) {
        PeerWriter out = new PeerWriter();
        format.write(out, value);
        PeerReader in = new PeerReader(out.toBytes());
        T read = format.read(in);
        assertThat(in.hasMore()).isFalse();
        return read;
    }

    private static List<ImageEvent> someOfEachEvent() {
        BrokerIds ids = BrokerIds.of(1, 2, 300);
        TopicImage topic = new TopicImage(
                new UUID(1, -2),
                "orders",
                Map.of("retention.ms", "5", "cleanup.policy", "compact"),
                List.of(
                        new PartitionImage(1, 3, ids, BrokerIds.of(1), 4),
                        new PartitionImage(
                                1,
                                3,
                                ids,
                                BrokerIds.of(1),
                                4,
                                new Eligibility(BrokerIds.of(2), BrokerIds.of(300), true),
                                new Reassignment(BrokerIds.of(1), ids)),
                        new PartitionImage(PartitionImage.NO_LEADER, 0, ids, BrokerIds.of(), 1 << 30)));
        return List.of(
                new ImageEvent.ControllerChanged(3),
                new ImageEvent.BrokerRegistered(new BrokerInfo(
                        2,
                        1L << 40,
                        List.of(new Endpoint("A", "SSL", "::1", 9092)),
                        Optional.of("r"),
                        EpochChain.of(70).then(77),
                        2,
                        BrokerInfo.Condition.LEAVING)),
                new ImageEvent.BrokerRegistered(
                        new BrokerInfo(3, 4, List.of(), Optional.empty()).in(BrokerInfo.Condition.FULL)),
                new ImageEvent.BrokerRegistered(new BrokerInfo(0, 0, List.of(), Optional.empty())),
                new ImageEvent.BrokerGone(9),
                new ImageEvent.TopicCreated(topic),
                new ImageEvent.TopicChanged(topic),
                new ImageEvent.PartitionsChanged(
                        topic.id(),
                        new TreeMap<>(Map.of(
                                0,
                                topic.partitions().get(1),
                                7,
                                topic.partitions().get(0)))),
                new ImageEvent.TopicDeleted(topic.id()),
                new ImageEvent.ConfigsChanged(ConfigResource.CLUSTER_DEFAULT, Map.of("a", "b")),
                new ImageEvent.ConfigsChanged(ConfigResource.group("g"), Map.of()));
    }
}
