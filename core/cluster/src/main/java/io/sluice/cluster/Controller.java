package io.sluice.cluster;

import io.sluice.base.Cancellable;
import io.sluice.base.Loop;
import io.sluice.cluster.settings.SettingLayers;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The active controller during one {@link Term}. Takes decisions against a draft of the image, writes them to the
 * coordination store behind the term's fence, and publishes the image that results.
 *
 * <p>Decisions that wait while a write is under way are taken and written together, so the cost of a transaction is
 * shared; a batch that is too large for one request becomes several, one after the other. Either all of a decision
 * is written or nothing, but for those about many topics ({@link Plans}); and nothing is published or answered before it
 * is written.
 *
 * <p>Lives from winning an election until {@link #resign}; a later term gets a new controller, which reads the store
 * afresh. Owned by the control loop.
 */
final class Controller {
    private static final Logger LOG = LoggerFactory.getLogger(Controller.class);

    /** Decisions waiting; beyond, requests are refused instead of queued. */
    private static final int MAX_WAITING = 100_000;

    /** How the rest of the node sees this controller. */
    interface Events {
        /** A new image holds; tell the listeners. */
        void published(ImageChange change);

        /** Nobody can lead these before their candidates were asked; {@link #lastKnownAre} takes what they say. */
        void vacant(List<Vacancy> partitions, ClusterImage image);

        /** Somebody else is controller, or the store is not as this controller left it: stand for election again. */
        void deposed(String why);
    }

    private record Decision<T>(
            Function<ImageDraft, Outcome<Plans<T>>> decide, boolean validateOnly, Consumer<Outcome<T>> answer) {}

    private final Loop loop;
    private final CoordinationStore store;
    private final Term term;
    private final Events events;
    private final long answerWithinMs;
    private final ArrayDeque<Decision<?>> waiting = new ArrayDeque<>();
    private final ArrayDeque<Batch> planned = new ArrayDeque<>();
    private ClusterImage image;
    private final Function<ImageDraft, SettingLayers> settings;
    private NotedEpochs noted = NotedEpochs.NONE;
    private Collection<BrokerInfo> registered = List.of();
    /** What the candidates of vacancies have said, until it is used. */
    private Map<Vacancy, BrokerIds> lastKnown = new HashMap<>();
    /** Whether the image may lag behind the registrations, or elections may have a result that they had not before. */
    private boolean lookAtBrokers;

    private @Nullable Consumer<ClusterImage> onFirstImage;
    private @Nullable Batch writing;
    private boolean uncertain;
    private @Nullable Cancellable answerTimer;
    private @Nullable Cancellable balanceTimer;
    private boolean connected = true;
    private boolean resigned;
    private boolean drainScheduled;

    /** @param settings what holds for brokers after the changes of a draft */
    Controller(
            Loop loop,
            CoordinationStore store,
            Term term,
            ClusterImage image,
            Function<ImageDraft, SettingLayers> settings,
            Events events,
            long answerWithinMs) {
        this.loop = loop;
        this.store = store;
        this.term = term;
        this.image = image;
        this.settings = settings;
        this.events = events;
        this.answerWithinMs = answerWithinMs;
    }

    ClusterImage image() {
        return image;
    }

    /** The registrations that have been taken note of, of brokers that are away too. */
    NotedEpochs noted() {
        return noted;
    }

    /**
     * Begins the term. Nothing is published before the consequences of who is registered now are drawn and written, so
     * nobody is shown a leader that is dead, or that does not know yet that it leads no more.
     *
     * @param epochs the registrations that earlier controllers took note of
     * @param firstImage gets the image that everything published later follows
     */
    void begin(NotedEpochs epochs, Collection<BrokerInfo> live, Consumer<ClusterImage> firstImage) {
        noted = epochs;
        onFirstImage = firstImage;
        brokersAre(live);
    }

    /**
     * Queues a decision. {@code answer} gets the outcome once it is written and published, or once it is clear that it
     * can't be.
     */
    <T> void submit(Function<ImageDraft, Outcome<Plans<T>>> decide, boolean validateOnly, Consumer<Outcome<T>> answer) {
        submit(new Decision<>(decide, validateOnly, answer));
    }

    private <T> void submit(Decision<T> decision) {
        Consumer<Outcome<T>> answer = decision.answer();
        if (resigned) {
            answer.accept(Outcome.refused(Refusal.NOT_CONTROLLER, "This broker is no longer controller; try again"));
        } else if (!connected) {
            answer.accept(unavailable());
        } else if (waiting.size() >= MAX_WAITING) {
            answer.accept(Outcome.refused(
                    Refusal.COORDINATION_UNAVAILABLE,
                    "The controller has " + MAX_WAITING + " changes waiting; try again later"));
        } else {
            waiting.add(decision);
            scheduleDrain();
        }
    }

    /** The registrations as they are now. A broker whose epoch changed has failed and started again (R12). */
    void brokersAre(Collection<BrokerInfo> live) {
        registered = List.copyOf(live);
        lookAtBrokers = true;
        scheduleDrain();
    }

    /** In which order the candidates of vacancies shall be tried. */
    void lastKnownAre(Map<Vacancy, BrokerIds> orders) {
        lastKnown.putAll(orders);
        lookAtBrokers = true;
        scheduleDrain();
    }

    /** A broker means to leave; {@code answer} gets how many partitions it still leads (R20). */
    void leave(int brokerId, long brokerEpoch, Consumer<Outcome<Integer>> answer) {
        submit(
                draft -> new LeadershipPlanner(draft, settings.apply(draft)).leave(noted, brokerId, brokerEpoch),
                false,
                answer);
    }

    /** A broker says whether it has room; see {@link LeadershipPlanner#room}. */
    void room(Asker asker, boolean hasRoom, Consumer<Outcome<Integer>> answer) {
        submit(draft -> new LeadershipPlanner(draft, settings.apply(draft)).room(noted, asker, hasRoom), false, answer);
    }

    /** Forgets a broker; answers with its id. */
    void forget(int brokerId, Consumer<Outcome<Integer>> answer) {
        submit(draft -> RegistrationPlanner.forget(draft, noted, brokerId).map(Plans::of), false, outcome -> {
            if (outcome.isDone()) {
                noted = noted.without(brokerId);
            }
            answer.accept(outcome);
        });
    }

    void disconnected() {
        connected = false;
        lookAtBrokers = true; // what was planned about them is dropped with the rest
        refuseWaiting(Controller::unavailable);
    }

    /** The same session is connected again: find out about the write that was under way, and go on. */
    void reconnected() {
        connected = true;
        Batch batch = writing;
        if (batch != null && uncertain) {
            settle(batch);
        } else {
            scheduleDrain();
        }
    }

    /** Ends this controller. What was not written is refused; of what was under way nobody can say. */
    void resign() {
        if (resigned) {
            return;
        }
        resigned = true;
        Cancellable balancing = balanceTimer;
        if (balancing != null) {
            balancing.cancel();
        }
        Batch batch = writing;
        if (batch != null) {
            writing = null;
            batch.answer(outcomeUnknown());
        }
        stopAnswerTimer();
        refuseWaiting(() -> Outcome.refused(
                Refusal.NOT_CONTROLLER,
                "The controller changed before this was begun; nothing was changed; try again"));
    }

    private void scheduleDrain() {
        if (!drainScheduled) {
            drainScheduled = true;
            loop.execute(() -> {
                drainScheduled = false;
                drain();
            });
        }
    }

    private void drain() {
        if (writing != null || resigned || !connected) {
            return;
        }
        if (planned.isEmpty() && (lookAtBrokers || !waiting.isEmpty())) {
            planWaiting();
        }
        Batch next = planned.poll();
        if (next != null) {
            write(next);
        }
    }

    private void planWaiting() {
        ImageDraft draft = image.draft();
        Batch batch = new Batch(false);
        if (lookAtBrokers) {
            lookAtBrokers = false;
            batch = plan(draft, new Decision<>(this::followBrokers, false, this::brokersFollowed), batch);
        }
        for (Decision<?> decision = waiting.poll(); decision != null; decision = waiting.poll()) {
            batch = plan(draft, decision, batch);
        }
        planned.add(batch);
    }

    /** Adds the decision to {@code batch} and, where that would become too large, to new ones; answers with the last. */
    private <T> Batch plan(ImageDraft draft, Decision<T> decision, Batch batch) {
        Outcome<Plans<T>> outcome = decide(draft, decision);
        Batch target = batch;
        if (outcome instanceof Outcome.Done<Plans<T>> done && !decision.validateOnly()) {
            boolean begun = false;
            for (Plan<?> part : done.value().parts()) {
                if (!target.hasRoomFor(part)) {
                    planned.add(target);
                    target = new Batch(begun);
                }
                target.add(part);
                draft.applyAll(part.events());
                begun = true;
            }
        }
        Outcome<T> onSuccess = outcome.map(Plans::result);
        target.onceWritten(refusal -> decision.answer().accept(refusal == null ? onSuccess : cast(refusal)));
        return target;
    }

    private static <T> Outcome<Plans<T>> decide(ImageDraft draft, Decision<T> decision) {
        try {
            return decision.decide().apply(draft);
        } catch (RuntimeException e) {
            // A fault in one decision must not leave the others, which wait behind it, without an answer.
            LOG.error("decision failed", e);
            return Outcome.refused(Refusal.INVALID_REQUEST, "The request could not be decided: " + e);
        }
    }

    private Outcome<Plans<List<Vacancy>>> followBrokers(ImageDraft draft) {
        Map<Vacancy, BrokerIds> said = lastKnown;
        lastKnown = new HashMap<>(); // should the write fail they are asked again
        return Outcome.done(RegistrationPlanner.plan(draft, noted, registered, settings.apply(draft), said));
    }

    /** Where it could not be written, {@link #lookAtBrokers} is set again, or this controller is none any more. */
    private void brokersFollowed(Outcome<List<Vacancy>> outcome) {
        Consumer<ClusterImage> first = onFirstImage;
        if (outcome.isDone() && first != null) {
            onFirstImage = null;
            first.accept(image);
            balanceLater(balanceSettings().intervalMs());
        }
        if (outcome instanceof Outcome.Done<List<Vacancy>> done && !done.value().isEmpty()) {
            events.vacant(done.value(), image);
        }
    }

    private BalanceSettings balanceSettings() {
        return BalanceSettings.of(settings.apply(image.draft()));
    }

    /** Leaders go back to where they are preferred, gently: a bounded number, then the others have their turn. */
    private void balance() {
        BalanceSettings now = balanceSettings();
        if (!now.enabled() || !connected) {
            balanceLater(now.intervalMs());
            return;
        }
        submit(
                draft -> Outcome.done(new LeadershipPlanner(draft, settings.apply(draft))
                        .balance(now.toleratedPercent(), BalanceSettings.MOVES_AT_ONCE)),
                false,
                outcome -> {
                    boolean more = outcome instanceof Outcome.Done<Integer> done
                            && done.value() == BalanceSettings.MOVES_AT_ONCE;
                    balanceLater(more ? BalanceSettings.PAUSE_MS : now.intervalMs());
                });
    }

    private void balanceLater(long delayMs) {
        if (!resigned) {
            balanceTimer = loop.schedule(delayMs, this::balance);
        }
    }

    private void write(Batch batch) {
        writing = batch;
        uncertain = false;
        if (batch.ops().isEmpty()) {
            written(batch); // refusals and validations, which still wait for what they were decided upon
            return;
        }
        startAnswerTimer(batch);
        store.multi(term.fenced(batch.ops())).whenComplete((done, failure) -> {
            if (writing != batch) {
                return; // resigned meanwhile: this term's writes are no longer ours to follow
            }
            if (failure == null) {
                term.written();
                written(batch);
            } else {
                notWritten(batch, StoreException.in(failure));
            }
        });
    }

    private void written(Batch batch) {
        writing = null;
        stopAnswerTimer();
        if (!batch.events().isEmpty()) {
            publish(batch.events());
        }
        batch.answer(null);
        drainNext();
    }

    private void drainNext() {
        if (lookAtBrokers || !planned.isEmpty() || !waiting.isEmpty()) {
            scheduleDrain();
        }
    }

    private void notWritten(Batch batch, StoreException failure) {
        if (failure.failure() == StoreFailure.CONNECTION_LOST) {
            uncertain = true;
            if (connected) {
                settle(batch); // the connection is back already
            }
        } else if (failure.failure().isOutcomeUnknown()) {
            uncertain = true; // the session is over: whoever leads next will read what is true
        } else if (uncertain || failure.failedIndex() == 0) {
            settle(batch); // the fence has moved: by the first sending of this batch, or by another controller
        } else {
            depose(batch, "the store refused a write at op " + failure.failedIndex() + ": " + failure.getMessage());
        }
    }

    /** Reads the fence to learn what became of a write whose answer was lost or is in doubt. */
    private void settle(Batch batch) {
        store.get(StorePaths.CONTROLLER_EPOCH).whenComplete((fence, failure) -> {
            if (writing != batch) {
                return;
            }
            if (failure != null) {
                StoreFailure kind = StoreException.in(failure).failure();
                uncertain = true;
                if (kind == StoreFailure.CONNECTION_LOST && connected) {
                    settle(batch);
                } else if (!kind.isOutcomeUnknown()) {
                    depose(batch, "the controller epoch can't be read: " + kind);
                }
                return; // else the next connection, or the end of the session, takes it up
            }
            switch (term.fateOfLastWrite(fence)) {
                case WRITTEN -> {
                    term.written();
                    written(batch);
                }
                case NOT_YET -> write(batch);
                case FENCED -> depose(batch, "another controller has taken over");
            }
        });
    }

    private void depose(Batch batch, String why) {
        LOG.warn("controller deposed epoch={} reason=\"{}\"", term.epoch(), why);
        writing = null;
        batch.answer(
                uncertain || batch.isContinuation()
                        ? outcomeUnknown()
                        : Outcome.refused(
                                Refusal.NOT_CONTROLLER, "The controller changed; nothing was written; try again"));
        resign();
        events.deposed(why);
    }

    private void publish(List<ImageEvent> changes) {
        ClusterImage before = image;
        image = before.draft().applyAll(changes).seal(before.version().next());
        for (ImageEvent event : changes) {
            if (event instanceof ImageEvent.BrokerRegistered arrived) {
                BrokerInfo broker = arrived.broker();
                noted = noted.with(broker.id(), new NodeCodec.NotedEpoch(broker.epoch(), broker.condition()));
            } else if (event instanceof ImageEvent.ConfigsChanged || event instanceof ImageEvent.TopicChanged) {
                lookAtBrokers = true; // unclean election may be allowed from now on
            }
        }
        ElectionLog.write(before, image, changes);
        if (onFirstImage == null) {
            events.published(new ImageChange(before, image, changes));
        }
    }

    /** With the store away a write may hang for as long as it is; whoever asked is told in time. */
    private void startAnswerTimer(Batch batch) {
        if (answerTimer == null) {
            answerTimer = loop.schedule(answerWithinMs, () -> {
                answerTimer = null;
                uncertain = true;
                batch.answer(outcomeUnknown());
            });
        }
    }

    private void stopAnswerTimer() {
        Cancellable timer = answerTimer;
        if (timer != null) {
            timer.cancel();
            answerTimer = null;
        }
    }

    private void refuseWaiting(java.util.function.Supplier<Outcome<Object>> refusal) {
        for (Batch batch = planned.poll(); batch != null; batch = planned.poll()) {
            batch.answer(batch.isContinuation() ? outcomeUnknown() : refusal.get());
        }
        for (Decision<?> decision = waiting.poll(); decision != null; decision = waiting.poll()) {
            decision.answer().accept(cast(refusal.get()));
        }
    }

    private static <T> Outcome<T> unavailable() {
        return Outcome.refused(
                Refusal.COORDINATION_UNAVAILABLE, "ZooKeeper can't be reached; nothing was changed; try again later");
    }

    private static <T> Outcome<T> outcomeUnknown() {
        return Outcome.refused(
                Refusal.OUTCOME_UNKNOWN,
                "ZooKeeper did not answer in time; the change may or may not have been made; look, then try again");
    }

    @SuppressWarnings("unchecked") // only refusals are cast, and they hold no value
    private static <T> Outcome<T> cast(Outcome<?> refusal) {
        return (Outcome<T>) refusal;
    }
}
