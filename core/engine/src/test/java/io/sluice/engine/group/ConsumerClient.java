package io.sluice.engine.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.engine.group.ConsumerGroupHeartbeat.Request;
import io.sluice.engine.group.ConsumerGroupHeartbeat.Response;
import io.sluice.engine.group.ConsumerGroupHeartbeat.Subscription;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/** A consumer of KIP-848's protocol. */
final class ConsumerClient extends GroupClient {
    final boolean isStatic;
    /** What it was told to have and has not taken over yet. */
    Optional<Assignment> told = Optional.empty();

    private boolean member;
    private boolean tellAll;
    private int incarnations;

    ConsumerClient(
            Coordinator broker,
            SimulationTrace trace,
            LateCommits commits,
            String name,
            Set<String> topics,
            boolean isStatic) {
        super(broker, trace, commits, name, topics);
        this.isStatic = isStatic;
    }

    @Override
    MemberRef ref() {
        return isStatic
                ? MemberRef.fixed(Coordinator.GROUP, memberId, name)
                : MemberRef.dynamic(Coordinator.GROUP, memberId);
    }

    @Override
    boolean isMember() {
        return member;
    }

    @Override
    boolean mayCommit() {
        return member;
    }

    @Override
    void missed() {
        tellAll = true;
    }

    void subscribe(Set<String> next) {
        topics = next;
        tellAll = true;
    }

    @Override
    void act(Random random) {
        if (!isWaiting() && random.nextBoolean()) {
            follow();
        }
        super.act(random);
    }

    /** Gives up first; takes what is new only after that, as Kafka's consumer does. */
    void follow() {
        told.ifPresent(assignment -> {
            trace.add("follow", memberId, owned, assignment);
            holds(assignment);
            told = Optional.empty();
            tellAll = true;
        });
    }

    @Override
    void send() {
        boolean all = !member || tellAll;
        Subscription wants = all
                ? new Subscription(Optional.of(topics), Optional.empty(), Optional.empty())
                : Subscription.UNCHANGED;
        Optional<Assignment> has = all ? Optional.of(owned) : Optional.empty();
        if (all) {
            // It has said that it does not own what it was told to take, so it must not take it any more. It is told
            // again.
            told = Optional.empty();
        }
        int as = member ? epoch : ConsumerGroupHeartbeat.JOIN;
        trace.add("send", ref(), as, wants, has);
        tellAll = false;
        sent(heartbeat(as, all ? 30_000 : -1, wants, has), this::take);
    }

    private CompletionStage<Response> heartbeat(int as, int rebalanceMs, Subscription wants, Optional<Assignment> has) {
        return broker.groups.consumerHeartbeat(
                new Request(ref(), as, Coordinator.CLIENT, Optional.empty(), rebalanceMs, wants, has));
    }

    private void take(Response response) {
        trace.add("take", memberId, response);
        switch (response.error()) {
            case NONE -> {
                assertThat(response.memberEpoch()).as("member epoch").isGreaterThanOrEqualTo(epoch);
                member = true;
                epoch = response.memberEpoch();
                response.assignment().ifPresent(assignment -> told = Optional.of(assignment));
            }
            case UNKNOWN_MEMBER_ID, FENCED_MEMBER_EPOCH -> lose();
            case FENCED_INSTANCE_ID, UNRELEASED_INSTANCE_ID -> begin();
            default -> tellAll = true;
        }
    }

    @Override
    void lose() {
        member = false;
        epoch = 0;
        holds(Assignment.NONE);
        told = Optional.empty();
        forgetRequest();
    }

    @Override
    void leave() {
        leave(ConsumerGroupHeartbeat.LEAVE);
    }

    void leave(int as) {
        trace.add("leave", ref(), as);
        heartbeat(as, -1, Subscription.UNCHANGED, Optional.empty());
        begin();
    }

    /** Another process in its place. */
    void begin() {
        lose();
        memberId += "." + ++incarnations;
    }
}
