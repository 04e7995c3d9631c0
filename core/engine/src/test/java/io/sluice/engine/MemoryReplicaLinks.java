package io.sluice.engine;

import io.sluice.base.Cancellable;
import io.sluice.base.Loop;
import io.sluice.cluster.BrokerInfo;
import io.sluice.log.LogSlice;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Replication links between engines of one process, for tests of this and of other modules. Requests and answers go
 * through the leader's and the follower's loops; connections can be cut. For one thread.
 */
public final class MemoryReplicaLinks {
    private record Pair(int from, int to) {}

    private final Map<Integer, Engine> engines = new TreeMap<>();
    /** Counts the processes of each broker, so that one that has ended reaches nobody any more. */
    private final Map<Integer, Integer> processes = new TreeMap<>();

    private final Set<Pair> cut = new LinkedHashSet<>();
    private final List<Link> open = new ArrayList<>();
    private long fetches;

    /** From now on {@code engine} answers for this broker. */
    public void serve(int brokerId, Engine engine) {
        engines.put(brokerId, engine);
    }

    /** The broker's process ends: whoever waits for it hears that the connection is gone. */
    public void stop(int brokerId) {
        engines.remove(brokerId);
        processes.merge(brokerId, 1, Integer::sum);
        breakLinks(brokerId, brokerId);
    }

    /** Breaks the connections between two brokers and lets no new ones through. */
    public void cut(int one, int other) {
        cut.add(new Pair(one, other));
        cut.add(new Pair(other, one));
        breakLinks(one, other);
    }

    public void heal() {
        cut.clear();
    }

    /** Fetches that leaders were asked, so far. */
    public long fetches() {
        return fetches;
    }

    private void breakLinks(int one, int other) {
        for (Link link : List.copyOf(open)) {
            if ((link.follower == one && link.leader == other)
                    || (link.follower == other && link.leader == one)
                    || (one == other && (link.follower == one || link.leader == one))) {
                link.broken();
            }
        }
    }

    /** The links that this follower opens. */
    public ReplicaLinks of(int follower) {
        int process = processes.getOrDefault(follower, 0);
        return (loop, leader) -> new Link(loop, follower, process, leader);
    }

    private final class Link implements ReplicaLink {
        private final Loop loop;
        private final int follower;
        private final int process;
        private final int leader;
        private final Map<ReplicaFetch.Ref, ReplicaFetch.Position> session = new LinkedHashMap<>();
        private @Nullable Serving serving;
        private @Nullable Answer waiting;
        private int asked;

        Link(Loop loop, int follower, int process, BrokerInfo leader) {
            this.loop = loop;
            this.follower = follower;
            this.process = process;
            this.leader = leader.id();
            open.add(this);
        }

        @Override
        public void fetch(ReplicaFetch request, Answer answer) {
            if (waiting != null) {
                throw new IllegalStateException("a fetch is under way already");
            }
            waiting = answer;
            int number = ++asked;
            fetches++;
            Engine at = engines.get(leader);
            boolean ended = process != processes.getOrDefault(follower, 0);
            if (at == null || ended || cut.contains(new Pair(follower, leader))) {
                loop.execute(() -> answered(number, new ReplicaAnswer.Failed("no connection to broker " + leader)));
                return;
            }
            for (ReplicaFetch.Position position : request.changed()) {
                if (request.forgotten().contains(position.partition())) {
                    throw new IllegalStateException(position.partition() + " is both asked for and forgotten");
                }
            }
            request.forgotten().forEach(session::remove);
            request.changed().forEach(position -> session.put(position.partition(), position));
            at.loops().all().get(0).execute(() -> {
                if (number == asked && waiting != null) {
                    serving = new Serving(at, request, List.copyOf(session.values()), this, number);
                    serving.read();
                }
            });
        }

        private void answered(int number, ReplicaAnswer answer) {
            Answer to = waiting;
            if (number != asked || to == null) {
                return;
            }
            waiting = null;
            serving = null;
            if (answer instanceof ReplicaAnswer.Failed) {
                session.clear();
            }
            to.take(answer);
        }

        private void broken() {
            endServing();
            session.clear();
            int number = asked;
            if (waiting != null) {
                loop.execute(() -> answered(number, new ReplicaAnswer.Failed("the connection broke")));
            }
        }

        private void endServing() {
            Serving under = serving;
            serving = null;
            if (under != null) {
                under.end();
            }
        }

        @Override
        public void close() {
            endServing();
            waiting = null;
            open.remove(this);
        }
    }

    /** One fetch at the leader: reads, and waits if there is too little. */
    private static final class Serving {
        private final Engine engine;
        private final ReplicaFetch request;
        private final List<ReplicaFetch.Position> positions;
        private final Link link;
        private final int number;
        private final Loop loop;
        private final Map<Partition, ReadWaiter> waiters = new LinkedHashMap<>();
        private @Nullable Cancellable timer;
        private boolean wakeQueued;
        private boolean ended;
        /** Of throttled partitions, in the answer that is being made. */
        private long throttledBytes;

        private @Nullable ReplicationThrottle givenOf;
        private long heldMs;

        Serving(Engine engine, ReplicaFetch request, List<ReplicaFetch.Position> positions, Link link, int number) {
            this.engine = engine;
            this.request = request;
            this.positions = positions;
            this.link = link;
            this.number = number;
            this.loop = engine.loops().all().get(0);
        }

        void read() {
            if (ended) {
                return;
            }
            List<ReplicaAnswer.Part> parts = new ArrayList<>();
            int bytes = 0;
            boolean news = false;
            throttledBytes = 0;
            heldMs = Long.MAX_VALUE;
            for (ReplicaFetch.Position position : positions) {
                ReplicaAnswer.Part part = part(position, bytes == 0);
                bytes += part.records().remaining();
                news |= part.error().isPresent() || part.diverging().isPresent();
                parts.add(part);
                if (bytes >= request.maxBytes()) {
                    break;
                }
            }
            boolean timeIsUp = timer == null && !waiters.isEmpty();
            if (news || bytes >= request.minBytes() || timeIsUp || request.maxWaitMs() == 0) {
                end();
                ReplicationThrottle rate = givenOf;
                if (rate != null) {
                    rate.count(loop, throttledBytes);
                }
                link.loop.execute(() -> link.answered(number, new ReplicaAnswer.Fetched(parts)));
            } else if (timer == null) {
                waitForMore();
            } else {
                arm();
            }
            if (!ended && heldMs != Long.MAX_VALUE) {
                loop.schedule(heldMs, this::wakeUp);
            }
        }

        private void waitForMore() {
            timer = loop.schedule(request.maxWaitMs(), () -> {
                timer = null;
                read();
            });
            for (ReplicaFetch.Position position : positions) {
                Partition partition = find(position.partition());
                if (partition != null) {
                    ReadWaiter waiter = new ReadWaiter() {
                        @Override
                        protected void wake() {
                            wakeUp();
                        }
                    };
                    waiters.put(partition, waiter);
                    arm(partition, waiter, position);
                    partition.subscribeReplica(waiter);
                }
            }
        }

        private void arm() {
            for (ReplicaFetch.Position position : positions) {
                Partition partition = find(position.partition());
                ReadWaiter waiter = partition == null ? null : waiters.get(partition);
                if (partition != null && waiter != null) {
                    arm(partition, waiter, position);
                }
            }
        }

        private void arm(Partition partition, ReadWaiter waiter, ReplicaFetch.Position position) {
            if (holds(partition)) {
                waiter.armForChange();
            } else {
                waiter.arm(position.offset());
            }
        }

        /** Whether the leader's rate lets nothing more of this partition into the answer (KIP-73). */
        private boolean holds(Partition partition) {
            Optional<ReplicationThrottle> rate = partition.throttleOf(request.brokerId());
            long waitMs = rate.isEmpty() ? 0 : rate.get().waitMs(throttledBytes);
            heldMs = waitMs > 0 ? Math.min(heldMs, waitMs) : heldMs;
            return waitMs > 0;
        }

        private void wakeUp() {
            if (!wakeQueued) {
                wakeQueued = true;
                loop.execute(() -> {
                    wakeQueued = false;
                    read();
                });
            }
        }

        void end() {
            ended = true;
            Cancellable running = timer;
            if (running != null) {
                running.cancel();
            }
            waiters.forEach(Partition::unsubscribe);
        }

        private @Nullable Partition find(ReplicaFetch.Ref ref) {
            Partitions.Topic topic = engine.partitions().topic(ref.topicId());
            return topic == null ? null : topic.partition(ref.partition());
        }

        private ReplicaAnswer.Part part(ReplicaFetch.Position position, boolean wholeFirstBatch) {
            Partition partition = find(position.partition());
            if (partition == null) {
                return part(
                        position, Optional.of(ReadError.NOT_LEADER), -1, -1, Optional.empty(), ByteBuffer.allocate(0));
            }
            boolean held = holds(partition);
            ReadOutcome outcome = partition.readForReplica(
                    request.brokerId(),
                    request.brokerEpoch(),
                    held ? askingFor(position, 0) : position,
                    wholeFirstBatch && !held);
            if (outcome instanceof ReadOutcome.Data data) {
                Optional<ReplicationThrottle> rate = partition.throttleOf(request.brokerId());
                if (rate.isPresent()) {
                    givenOf = rate.get();
                    throttledBytes += data.slice().bytes();
                }
                return part(
                        position,
                        Optional.empty(),
                        data.highWatermark(),
                        data.logStartOffset(),
                        Optional.empty(),
                        copy(data.slice()));
            }
            if (outcome instanceof ReadOutcome.Nothing nothing) {
                return part(
                        position,
                        Optional.empty(),
                        nothing.highWatermark(),
                        nothing.logStartOffset(),
                        Optional.empty(),
                        ByteBuffer.allocate(0));
            }
            if (outcome instanceof ReadOutcome.Diverged diverged) {
                return part(
                        position,
                        Optional.empty(),
                        diverged.highWatermark(),
                        diverged.logStartOffset(),
                        Optional.of(diverged.end()),
                        ByteBuffer.allocate(0));
            }
            ReadOutcome.Refused refused = (ReadOutcome.Refused) outcome;
            return part(
                    position,
                    Optional.of(refused.error()),
                    refused.highWatermark(),
                    refused.logStartOffset(),
                    Optional.empty(),
                    ByteBuffer.allocate(0));
        }

        private static ReplicaFetch.Position askingFor(ReplicaFetch.Position position, int maxBytes) {
            return new ReplicaFetch.Position(
                    position.partition(),
                    position.leaderEpoch(),
                    position.offset(),
                    position.lastEpoch(),
                    position.logStartOffset(),
                    maxBytes);
        }

        private static ReplicaAnswer.Part part(
                ReplicaFetch.Position position,
                Optional<ReadError> error,
                long highWatermark,
                long logStartOffset,
                Optional<EpochEndOffset> diverging,
                ByteBuffer records) {
            return new ReplicaAnswer.Part(
                    position.partition(), error, highWatermark, logStartOffset, diverging, records);
        }

        private static ByteBuffer copy(LogSlice slice) {
            try (slice) {
                ByteBuffer bytes = ByteBuffer.allocate(slice.bytes());
                int at = 0;
                while (at < slice.bytes()) {
                    at += slice.readInto(bytes, at);
                }
                return bytes.flip();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
