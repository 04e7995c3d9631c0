package io.sluice.engine.group;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** A consumer in a simulated group as it sees itself: it sends one request at a time, which may get lost, as may its answer. */
abstract class GroupClient {
    final Coordinator broker;
    final SimulationTrace trace;
    final String name;
    Set<String> topics;
    String memberId;
    /** The member epoch, or the generation. */
    int epoch;

    Assignment owned = Assignment.NONE;

    private final LateCommits commits;
    /** Which stint of ownership its partitions are in. */
    private final Map<String, Long> stints = new HashMap<>();

    private Optional<CompletableFuture<Runnable>> inFlight = Optional.empty();

    GroupClient(Coordinator broker, SimulationTrace trace, LateCommits commits, String name, Set<String> topics) {
        this.broker = broker;
        this.trace = trace;
        this.commits = commits;
        this.name = name;
        this.topics = topics;
        this.memberId = name;
    }

    abstract MemberRef ref();

    /** Whether it believes that it is in the group. */
    abstract boolean isMember();

    /** Sends what is due next. */
    abstract void send();

    /** A request that was sent, or its answer, does not arrive. */
    abstract void missed();

    /** It is no member any more and has nothing. */
    abstract void lose();

    /** It tells the coordinator that it leaves. */
    abstract void leave();

    /** Whether a commit of what it has would go out with the epoch that it has it in. */
    abstract boolean mayCommit();

    final boolean isWaiting() {
        return inFlight.isPresent();
    }

    final <R> void sent(CompletionStage<R> answer, Consumer<R> take) {
        inFlight = Optional.of(answer.<Runnable>thenApply(response -> () -> take.accept(response))
                .toCompletableFuture());
    }

    final void forgetRequest() {
        inFlight = Optional.empty();
    }

    /** Takes in the answer, if it has come. */
    final void takeAnswer() {
        Optional<Runnable> answer = inFlight.filter(CompletableFuture::isDone).map(CompletableFuture::join);
        answer.ifPresent(take -> {
            inFlight = Optional.empty();
            take.run();
        });
    }

    /** One thing that a client does by itself on a network that loses things. */
    void act(Random random) {
        if (isWaiting() && random.nextInt(8) == 0) {
            forgetRequest();
            missed();
        } else if (isWaiting()) {
            takeAnswer();
        } else if (random.nextInt(10) == 0) {
            missed();
        } else {
            send();
        }
    }

    final void commitLater() {
        if (mayCommit()) {
            commits.send(this);
        }
    }

    final void holds(Assignment next) {
        next.minus(owned).forEach((topicId, partition) -> stints.put(topicId + "-" + partition, commits.newStint()));
        owned = next;
    }

    final long stint(UUID topicId, int partition) {
        return stints.getOrDefault(topicId + "-" + partition, 0L);
    }
}
