package io.sluice.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.base.ManualLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A follower against a controller whose every answer the test gives. */
class ImageFollowerTest {
    private static final BrokerInfo CONTROLLER = new BrokerInfo(1, 10, List.of(), Optional.empty());
    private static final BrokerInfo OWN = new BrokerInfo(2, 20, List.of(), Optional.empty());

    private final ManualLoop loop = new ManualLoop();
    private final ImageFeed feed = new ImageFeed(loop);
    private final List<PeerRequest.Poll> polls = new ArrayList<>();
    private final List<ImageChange> changes = new ArrayList<>();
    private CompletableFuture<byte[]> answer = new CompletableFuture<>();
    private int notController;

    @BeforeEach
    void followAndTakeTheFirstImage() {
        Self self = new Self(OWN.id());
        self.belongsTo("cluster");
        self.registered(OWN.epoch());
        feed.addListener(changes::add);
        ImageFollower follower = new ImageFollower(loop, new Script(), feed, self, new NoEvents());
        follower.follow(new ImageFollower.Leader(CONTROLLER, 3, 30));
        answer(new PeerAnswer.Snapshot(new ImageVersion(3, 5), firstEvents()));
    }

    @Test
    void firstImageIsTakenWholeAndTheNextPollNamesIt() {
        assertThat(polls.get(0).had()).isEqualTo(ImageVersion.NONE);
        assertThat(feed.image().version()).isEqualTo(new ImageVersion(3, 5));
        assertThat(polls).hasSize(2);
        assertThat(polls.get(1).had()).isEqualTo(new ImageVersion(3, 5));
        assertThat(polls.get(1).sender())
                .isEqualTo(new PeerRequest.Sender("cluster", 3, new Asker(OWN.id(), OWN.epoch())));
    }

    @Test
    void eachStepOfADeltaIsPublishedOnItsOwn() {
        answer(new PeerAnswer.Delta(new ImageVersion(3, 5), List.of(step("a"), step("b"))));

        assertThat(changes).hasSize(3);
        assertThat(changes.get(1).after().version()).isEqualTo(new ImageVersion(3, 6));
        assertThat(changes.get(2).after().version()).isEqualTo(new ImageVersion(3, 7));
        assertThat(feed.image().topic("b")).isPresent();
    }

    @Test
    void deltaThatDoesNotFollowIsNotAppliedAndTheWholeImageAskedFor() {
        answer(new PeerAnswer.Delta(new ImageVersion(3, 7), List.of(step("a"))));
        loop.advanceMs(100);

        assertThat(feed.image().version()).isEqualTo(new ImageVersion(3, 5));
        assertThat(polls.get(2).had()).isEqualTo(ImageVersion.NONE);
        answer(new PeerAnswer.Snapshot(new ImageVersion(3, 8), firstEvents()));
        assertThat(feed.image().version()).isEqualTo(new ImageVersion(3, 8));
    }

    @Test
    void r23ImageOfAnOlderEpochIsRefused() {
        answer(new PeerAnswer.Snapshot(new ImageVersion(2, 99), firstEvents()));

        assertThat(feed.image().version()).isEqualTo(new ImageVersion(3, 5));
        assertThat(changes).hasSize(1);
    }

    @Test
    void answersWithoutNewsThatComeAtOnceAreNotAskedForWithoutPause() {
        for (int i = 0; i < 10; i++) {
            answer(new PeerAnswer.Delta(feed.image().version(), List.of()));
        }

        assertThat(polls).as("one is not sent before its time").hasSize(2);
        loop.advanceMs(60);
        assertThat(polls).hasSize(3);
    }

    @Test
    void pollThatHasNoAnswerIsRepeatedEverMoreSeldom() {
        for (int i = 0; i < 20; i++) {
            answer.completeExceptionally(new PeerException("planned"));
            loop.advanceMs(1_000);
        }

        assertThat(polls.size()).isBetween(20, 24);
    }

    @Test
    void controllerThatRefusedAndThenIsGoneIsNotPolledWithoutPause() {
        answer(new PeerAnswer.Refused("planned"));
        loop.advanceMs(1_000);
        for (int i = 0; i < 40; i++) {
            answer.completeExceptionally(new PeerException("planned"));
            loop.advanceMs(100);
        }

        assertThat(polls.size()).isLessThan(9);
    }

    @Test
    void answerThatCannotBeUnderstoodEndsNothing() {
        CompletableFuture<byte[]> asked = answer;
        asked.complete(new byte[] {1, 77});
        loop.advanceMs(1_000);

        assertThat(polls).hasSize(3);
        answer(new PeerAnswer.Delta(new ImageVersion(3, 5), List.of(step("a"))));
        assertThat(feed.image().topic("a")).isPresent();
    }

    @Test
    void whoIsNotControllerIsReported() {
        answer(new PeerAnswer.NotController());

        assertThat(notController).isEqualTo(1);
    }

    private void answer(PeerAnswer given) {
        answer.complete(PeerAnswer.write(given));
        loop.runAll();
    }

    private static List<ImageEvent> firstEvents() {
        return List.of(
                new ImageEvent.ControllerChanged(1),
                new ImageEvent.BrokerRegistered(CONTROLLER),
                new ImageEvent.BrokerRegistered(OWN));
    }

    private static PeerAnswer.Step step(String topic) {
        BrokerIds one = BrokerIds.of(1);
        return new PeerAnswer.Step(List.of(new ImageEvent.TopicCreated(new TopicImage(
                new UUID(1, topic.hashCode()), topic, Map.of(), List.of(new PartitionImage(1, 0, one, one, 0))))));
    }

    private final class Script implements PeerMessages {
        @Override
        public CompletionStage<byte[]> call(BrokerInfo broker, byte[] request, long timeoutMs) {
            polls.add((PeerRequest.Poll) PeerRequest.read(request));
            answer = new CompletableFuture<>();
            return answer;
        }

        @Override
        public CompletionStage<Reachability> probe(BrokerInfo broker, long timeoutMs) {
            return CompletableFuture.completedStage(Reachability.UNKNOWN);
        }

        @Override
        public void forget(int brokerId) {}
    }

    private final class NoEvents implements ImageFollower.Events {
        @Override
        public void followed() {}

        @Override
        public void notController() {
            notController++;
        }

        @Override
        public void unanswered(ImageFollower.Leader leader) {}
    }
}
