package io.sluice.cluster;

import io.sluice.base.Loop;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps this node's image in step with that of another broker, which is controller: polls it without end, one request at
 * a time, and publishes each change once and in order. What does not follow on the image that is there is not guessed
 * at: the whole image is asked for. An image of an older controller epoch is refused (R23).
 *
 * <p>Needs no coordination store: while that is away the node goes on following whom it followed. Idle until
 * {@link #follow}; ends with {@link #stop}. Control loop.
 */
final class ImageFollower {
    private static final Logger LOG = LoggerFactory.getLogger(ImageFollower.class);
    private static final int WAIT_MS = 1_000;
    /** How much longer than the wait an answer may take. */
    private static final int ANSWER_MS = 2_000;

    private static final long FIRST_RETRY_MS = 50;
    private static final long LAST_RETRY_MS = 1_000;
    /** From so many failures on the retries are as seldom as they get. */
    private static final int MANY_FAILURES = 6;

    private static final long SAY_SILENT_AFTER_MS = 5_000;

    /**
     * Whom to follow.
     *
     * @param epoch its controller epoch
     * @param electedBy the creation id of its {@code /controller}
     */
    record Leader(BrokerInfo broker, int epoch, long electedBy) {}

    /** What the rest of the node is told. */
    interface Events {
        /** An image of the controller was published; the listeners know. */
        void followed();

        /** Whom we took for the controller says that it is not. */
        void notController();

        /** A poll had no answer. */
        void unanswered(Leader leader);
    }

    private final Loop loop;
    private final PeerMessages peers;
    private final ImageFeed feed;
    private final Self self;
    private final Events events;
    private @Nullable Leader leader;
    /** Counts whom we followed; answers of another than the latest are dropped. */
    private long following;
    /** The image does not lead to what the controller has: ask for the whole of it. */
    private boolean astray;

    private int failures;
    private long heardAtNanos;
    private boolean saidSilent;

    ImageFollower(Loop loop, PeerMessages peers, ImageFeed feed, Self self, Events events) {
        this.loop = loop;
        this.peers = peers;
        this.feed = feed;
        this.self = self;
        this.events = events;
    }

    /** Whom this node follows. */
    Optional<Leader> leader() {
        return Optional.ofNullable(leader);
    }

    /** Follows {@code next} from now on. If it is followed already nothing changes. */
    void follow(Leader next) {
        Leader now = leader;
        if (now != null && now.broker().equals(next.broker()) && now.electedBy() == next.electedBy()) {
            return;
        }
        LOG.info(
                "following controller broker={} epoch={} controller={}",
                self.brokerId(),
                next.epoch(),
                next.broker().id());
        leader = next;
        following++;
        astray = false;
        failures = 0;
        saidSilent = false;
        heardAtNanos = loop.clock().nanoTime();
        poll(following);
    }

    /** Follows nobody any more. */
    void stop() {
        leader = null;
        following++;
    }

    private void poll(long mine) {
        Leader asked = leader;
        if (asked == null || mine != following) {
            return;
        }
        ImageVersion had = astray ? ImageVersion.NONE : feed.image().version();
        PeerRequest poll = new PeerRequest.Poll(self.sender(asked.epoch()), had, WAIT_MS);
        long askedAtNanos = loop.clock().nanoTime();
        peers.call(asked.broker(), PeerRequest.write(poll), WAIT_MS + ANSWER_MS).whenComplete((answer, failure) -> {
            if (mine != following) {
                return;
            }
            if (failure != null) {
                unanswered(mine, asked, failure);
            } else {
                answered(mine, asked, answer, askedAtNanos);
            }
        });
    }

    private void unanswered(long mine, Leader asked, Throwable failure) {
        failures++;
        long silentMs = (loop.clock().nanoTime() - heardAtNanos) / 1_000_000;
        if (silentMs >= SAY_SILENT_AFTER_MS && !saidSilent) {
            saidSilent = true;
            LOG.warn(
                    "controller does not answer controller={} silentMs={} reason=\"{}\"; the last image holds, trying on",
                    asked.broker().id(),
                    silentMs,
                    failure.getMessage());
        }
        pollLater(mine);
        events.unanswered(asked);
    }

    private void answered(long mine, Leader asked, byte[] bytes, long askedAtNanos) {
        PeerAnswer answer = read(bytes);
        if (answer instanceof PeerAnswer.Refused refused) {
            refused(mine, asked, refused.why());
            return;
        }
        heard(asked);
        boolean news = false;
        if (answer instanceof PeerAnswer.Snapshot snapshot) {
            news = take(asked, snapshot);
        } else if (answer instanceof PeerAnswer.Delta delta) {
            news = take(asked, delta);
        }
        if (mine != following) {
            return; // a listener's reaction ended this
        }
        boolean waited = loop.clock().nanoTime() - askedAtNanos >= FIRST_RETRY_MS * 1_000_000;
        if (news || (waited && !(answer instanceof PeerAnswer.NotController))) {
            failures = 0;
            poll(mine);
        } else {
            failures++;
            pollLater(mine); // whoever answers at once without news is not asked without pause
        }
        if (answer instanceof PeerAnswer.NotController) {
            events.notController();
        }
    }

    private static PeerAnswer read(byte[] bytes) {
        try {
            return PeerAnswer.read(bytes);
        } catch (MalformedMessageException e) {
            return new PeerAnswer.Refused("its answer can't be understood: " + e.getMessage());
        }
    }

    /** Whether the image moved on, or can at the next poll. */
    private boolean take(Leader asked, PeerAnswer.Snapshot snapshot) {
        ClusterImage now = feed.image();
        if (snapshot.version().compareTo(now.version()) <= 0) {
            astray = false;
            if (snapshot.version().controllerEpoch() < now.controllerEpoch()) {
                LOG.warn(
                        "image of an older controller refused controller={} epoch={} known={}",
                        asked.broker().id(),
                        snapshot.version().controllerEpoch(),
                        now.controllerEpoch());
            }
            return false;
        }
        ClusterImage next = ClusterImage.empty(self.clusterId())
                .draft()
                .applyAll(snapshot.events())
                .seal(snapshot.version());
        astray = false;
        if (now.version().equals(ImageVersion.NONE) && !knowsThisRegistration(next)) {
            return false; // asks again until it does
        }
        termIs(asked, next.controllerEpoch());
        feed.reset(next);
        events.followed();
        return true;
    }

    /**
     * Whether the controller has taken note of this process. What it decided for the one before it, such as to lead a
     * partition, must not be taken on by a process that may have less on its disk (R12).
     */
    private boolean knowsThisRegistration(ClusterImage image) {
        return image.broker(self.brokerId())
                .filter(broker -> broker.epoch() == self.brokerEpoch())
                .isPresent();
    }

    private boolean take(Leader asked, PeerAnswer.Delta delta) {
        if (!delta.from().equals(feed.image().version())) {
            astray = true;
            return false;
        }
        termIs(asked, delta.from().controllerEpoch());
        for (PeerAnswer.Step step : delta.steps()) {
            ClusterImage before = feed.image();
            ClusterImage after =
                    before.draft().applyAll(step.events()).seal(before.version().next());
            feed.publish(new ImageChange(before, after, step.events()));
        }
        if (!delta.steps().isEmpty()) {
            events.followed();
        }
        return !delta.steps().isEmpty();
    }

    /** The controller's epoch may be another than the store said: it may have been elected again since. */
    private void termIs(Leader asked, int epoch) {
        if (epoch > asked.epoch()) {
            leader = new Leader(asked.broker(), epoch, asked.electedBy());
        }
    }

    private void heard(Leader asked) {
        heardAtNanos = loop.clock().nanoTime();
        if (saidSilent) {
            saidSilent = false;
            LOG.info("controller answers again controller={}", asked.broker().id());
        }
    }

    private void refused(long mine, Leader asked, String why) {
        if (!saidSilent) {
            saidSilent = true;
            LOG.error(
                    "controller refuses to be followed controller={} reason=\"{}\"",
                    asked.broker().id(),
                    why);
        }
        failures = MANY_FAILURES; // nothing will change soon
        pollLater(mine);
    }

    private void pollLater(long mine) {
        long delayMs = failures >= MANY_FAILURES ? LAST_RETRY_MS : FIRST_RETRY_MS << Math.max(0, failures - 1);
        loop.schedule(Math.min(delayMs, LAST_RETRY_MS), () -> poll(mine));
    }
}
