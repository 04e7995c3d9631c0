package io.sluice.kafka.handler;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.base.ManualClock;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

class FetchSessionsTest {
    private final ManualClock clock = new ManualClock();
    private final FetchTargets targets = new FetchTargets(5);
    private final FetchSessions sessions = new FetchSessions(2, targets, clock);

    private static FetchTarget target(int partition) {
        return new FetchTarget(new FetchTarget.ByName("t"), partition, new FetchPosition(0, 1000, -1, -1, 0));
    }

    private int create() {
        FetchPlan plan = sessions.create(List.of(target(0), target(1)), false);
        plan.end();
        return plan.sessionId();
    }

    @Test
    void sessionGoesOnWithTheNextEpoch() {
        int id = create();
        FetchSessions.Found found = sessions.resume(id, 1, false);
        assertThat(found.error()).isEqualTo(Errors.NONE);
        found.session().release();
        assertThat(sessions.resume(id, 1, false).error()).isEqualTo(Errors.INVALID_FETCH_SESSION_EPOCH);
        assertThat(sessions.resume(id, 2, false).error()).isEqualTo(Errors.NONE);
    }

    @Test
    void unknownSessionIsNotFound() {
        assertThat(sessions.resume(77, 1, false).error()).isEqualTo(Errors.FETCH_SESSION_ID_NOT_FOUND);
    }

    @Test
    void sessionByNameRefusesTopicIds() {
        assertThat(sessions.resume(create(), 1, true).error()).isEqualTo(Errors.FETCH_SESSION_TOPIC_ID_ERROR);
    }

    @Test
    void sessionInUseIsNotSharedWithASecondFetch() {
        int id = create();
        assertThat(sessions.resume(id, 1, false).error()).isEqualTo(Errors.NONE);
        assertThat(sessions.resume(id, 2, false).error()).isEqualTo(Errors.INVALID_FETCH_SESSION_EPOCH);
    }

    @Test
    void fullCacheGivesNoSessionUntilOneIsIdle() {
        int first = create();
        create();
        assertThat(create()).isEqualTo(FetchSessions.NO_SESSION);
        clock.advanceMs(120_001);
        assertThat(create()).isNotEqualTo(FetchSessions.NO_SESSION);
        assertThat(sessions.resume(first, 1, false).error()).isEqualTo(Errors.FETCH_SESSION_ID_NOT_FOUND);
    }

    @Test
    void forgottenPartitionsAreFetchedNoMore() {
        int id = create();
        FetchSession session = sessions.resume(id, 1, false).session();
        session.update(List.of(target(2)), List.of(target(0).key()));
        assertThat(session.targets()).extracting(one -> one.key().index()).containsExactly(1, 2);
    }

    @Test
    void servedPartitionGoesToTheEndOfTheLine() {
        int id = create();
        FetchSession session = sessions.resume(id, 1, false).session();
        session.servedLast(session.targets().iterator().next());
        assertThat(session.targets()).extracting(one -> one.key().index()).containsExactly(1, 0);
    }

    @Test
    void sessionsMayNameSoManyPartitionsBetweenThem() {
        int id = create();
        create();
        assertThat(targets.taken()).isEqualTo(4);
        FetchSession session = sessions.resume(id, 1, false).session();
        assertThat(session.update(List.of(target(2)), List.of())).isTrue();
        assertThat(session.update(List.of(target(3)), List.of())).isFalse();
        sessions.close(id);
        session.release();
        assertThat(targets.taken()).isEqualTo(2);
    }

    @Test
    void noSessionIsGivenForMorePartitionsThanThereIsRoomFor() {
        List<FetchTarget> many = List.of(target(0), target(1), target(2), target(3), target(4), target(5));
        FetchPlan plan = sessions.create(many, false);
        assertThat(plan.sessionId()).isEqualTo(FetchSessions.NO_SESSION);
        assertThat(plan.mayWait()).isFalse();
        assertThat(targets.taken()).isZero();
    }

    @Test
    void aFetchWithoutASessionCountsWhileItWaits() {
        FetchPlan plan = FetchPlan.withoutSession(List.of(target(0), target(1), target(2)), targets);
        assertThat(plan.mayWait()).isTrue();
        assertThat(plan.mayWait()).isTrue();
        assertThat(targets.taken()).isEqualTo(3);
        plan.end();
        assertThat(targets.taken()).isZero();
    }
}
