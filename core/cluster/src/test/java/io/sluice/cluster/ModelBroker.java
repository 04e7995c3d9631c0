package io.sluice.cluster;

import io.sluice.base.EpochChain;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.UUID;

/**
 * A broker reduced to what the controller's decisions rest on: logs, high watermarks, and leaders that count on followers
 * as R1 to R8 say. It acts on the image that it was last given, which may be old.
 */
final class ModelBroker {
    /** One record: in which leader epoch it was appended, and what it is. */
    record Entry(int leaderEpoch, int value) {}

    /** Where a follower was seen, and as which process. */
    record Seen(int end, long brokerEpoch) {}

    /** One partition on one broker; as long as the process lives, but for the log. */
    static final class Replica {
        Optional<PartitionImage> state = Optional.empty();
        final Map<Integer, Seen> followers = new TreeMap<>();
        Optional<IsrChange> pending = Optional.empty();
        boolean asked;
        int epochStart;
        int highWatermark;
    }

    final int id;
    FakeStore store;
    long epoch = -1;
    boolean up;
    EpochChain proof = EpochChain.NONE;
    /** The registration whose process lost part of its logs, while no controller has noted another. */
    OptionalLong lossySince = OptionalLong.empty();

    Optional<ClusterImage> view = Optional.empty();
    final Map<Integer, List<Entry>> logs = new HashMap<>();
    final Map<Integer, Replica> replicas = new HashMap<>();

    ModelBroker(int id, FakeStore store) {
        this.id = id;
        this.store = store;
    }

    List<Entry> log(int partition) {
        return logs.computeIfAbsent(partition, index -> new ArrayList<>());
    }

    LogEnd end(int partition) {
        List<Entry> log = log(partition);
        return log.isEmpty() ? LogEnd.NONE : new LogEnd(log.get(log.size() - 1).leaderEpoch(), log.size());
    }

    Replica replica(int partition) {
        return replicas.computeIfAbsent(partition, index -> new Replica());
    }

    boolean leads(int partition) {
        return up && replica(partition).state.filter(state -> state.isLedBy(id)).isPresent();
    }

    /** Takes an image over. One that does not know this process yet says nothing about what it may do (R12). */
    void see(ClusterImage image, TopicImage topic) {
        boolean newer =
                view.map(seen -> image.version().compareTo(seen.version()) > 0).orElse(true);
        boolean knowsUs = view.isPresent()
                || image.broker(id).filter(info -> info.epoch() == epoch).isPresent();
        if (up && newer && knowsUs) {
            view = Optional.of(image);
            for (int i = 0; i < topic.partitionCount(); i++) {
                adopt(i, topic.partitions().get(i));
            }
        }
    }

    void adopt(int partition, PartitionImage state) {
        Replica replica = replica(partition);
        int known = replica.state.map(PartitionImage::partitionEpoch).orElse(-1);
        if (state.partitionEpoch() <= known) {
            return;
        }
        boolean newTerm = replica.state.map(PartitionImage::leaderEpoch).orElse(-1) != state.leaderEpoch();
        replica.state = Optional.of(state);
        replica.pending = Optional.empty();
        replica.asked = false;
        if (newTerm) {
            replica.followers.clear();
            replica.epochStart = log(partition).size();
        }
    }

    void produce(int partition, int value) {
        Replica replica = replica(partition);
        log(partition).add(new Entry(replica.state.orElseThrow().leaderEpoch(), value));
    }

    /** Fetches from {@code leader}: says what it has, cuts what the leader has not, takes some of what comes (R6, R7). */
    void fetch(ModelBroker leader, int partition, int most) {
        Replica own = replica(partition);
        Replica theirs = leader.replica(partition);
        boolean sameEpoch = own.state.isPresent()
                && own.state.get().leader() == leader.id
                && leader.leads(partition)
                && theirs.state.orElseThrow().leaderEpoch() == own.state.get().leaderEpoch()
                && theirs.state.get().replicas().has(id);
        if (!sameEpoch) {
            return;
        }
        List<Entry> log = log(partition);
        List<Entry> source = leader.log(partition);
        int common = 0;
        while (common < Math.min(log.size(), source.size()) && log.get(common).equals(source.get(common))) {
            common++;
        }
        log.subList(common, log.size()).clear();
        theirs.followers.put(id, new Seen(log.size(), epoch));
        for (int i = 0; i < most && log.size() < source.size(); i++) {
            log.add(source.get(log.size()));
        }
        own.highWatermark = Math.min(theirs.highWatermark, log.size());
    }

    /** R2: up to where the maximal in-sync set has all, while the committed one is large enough. */
    void advance(int partition, int minIsr) {
        Replica replica = replica(partition);
        PartitionImage state = replica.state.orElseThrow();
        if (state.isr().size() < Math.min(minIsr, state.replicas().size())) {
            return;
        }
        int end = log(partition).size();
        BrokerIds maximal = state.isr();
        for (IsrChange.Member member : replica.pending.map(IsrChange::isr).orElse(List.of())) {
            maximal = maximal.with(member.brokerId());
        }
        for (int member : maximal.without(id)) {
            Seen seen = replica.followers.get(member);
            end = Math.min(end, seen == null ? 0 : seen.end());
        }
        replica.highWatermark = Math.max(replica.highWatermark, end);
    }

    /** Whether {@code follower} may join (R4, R13). */
    boolean hasCaughtUp(int partition, int follower) {
        Replica replica = replica(partition);
        Seen seen = replica.followers.get(follower);
        return seen != null && seen.end() >= replica.highWatermark && seen.end() >= replica.epochStart;
    }

    /** Asks for another in-sync set, once at a time (R3). */
    void wish(UUID topic, int partition, BrokerIds isr) {
        Replica replica = replica(partition);
        PartitionImage state = replica.state.orElseThrow();
        List<IsrChange.Member> members = new ArrayList<>();
        for (int member : isr) {
            Seen seen = replica.followers.get(member);
            long known = member == id ? epoch : seen != null ? seen.brokerEpoch() : epochInView(member);
            members.add(new IsrChange.Member(member, known));
        }
        replica.pending =
                Optional.of(new IsrChange(topic, partition, state.leaderEpoch(), state.partitionEpoch(), members));
        replica.asked = false;
    }

    private long epochInView(int broker) {
        return view.flatMap(image -> image.broker(broker))
                .map(BrokerInfo::epoch)
                .orElse(-1L);
    }

    /** What the controller answered; an answer that says nothing definite leaves the wish as it is (R3). */
    void answered(int partition, IsrChange change, Outcome<PartitionImage> outcome) {
        Replica replica = replica(partition);
        if (!replica.pending.equals(Optional.of(change))) {
            return;
        }
        replica.asked = false;
        if (outcome instanceof Outcome.Done<PartitionImage> done) {
            adopt(partition, done.value());
        } else if (((Outcome.Refused<PartitionImage>) outcome).reason() == Refusal.INELIGIBLE_REPLICA) {
            replica.pending = Optional.empty();
        }
    }

    /** The process ends; what stays are the logs. */
    void stop() {
        up = false;
        view = Optional.empty();
        replicas.clear();
    }
}
