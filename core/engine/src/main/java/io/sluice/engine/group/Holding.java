package io.sluice.engine.group;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * What a member of a consumer group holds.
 *
 * <pre>
 *   STABLE ──────── target moved, something to give up ───────▶ UNREVOKED
 *     ▲  │                                                      │      ▲
 *     │  └─ target moved, others still hold some of it ─▶ UNRELEASED ◀─┘ given up
 *     └──────────── the rest became free ────────────────────┘
 * </pre>
 *
 * @param epoch the epoch that the member has been told
 * @param previousEpoch the one before: a member whose last answer was lost comes with it
 * @param assigned what the member may use
 * @param revoking what the member has been told to give up and has not yet said it did: nobody else may have it
 * @param since from which member epoch on the partitions of {@code assigned} and {@code revoking} are this member's (G9)
 */
record Holding(
        int epoch,
        int previousEpoch,
        State state,
        Assignment assigned,
        Assignment revoking,
        SortedMap<Integer, Assignment> since) {
    /** Of a member that has just come. */
    static final Holding NOTHING =
            new Holding(0, 0, State.STABLE, Assignment.NONE, Assignment.NONE, Collections.emptySortedMap());

    Holding {
        since = Collections.unmodifiableSortedMap(since);
    }

    /** With Kafka's numbers, which go on disk. */
    enum State {
        STABLE(0),
        UNREVOKED(1),
        UNRELEASED(2),
        UNKNOWN(127);

        private final byte id;

        State(int id) {
            this.id = (byte) id;
        }

        byte id() {
            return id;
        }

        static State of(byte id) {
            for (State state : values()) {
                if (state.id == id) {
                    return state;
                }
            }
            return UNKNOWN;
        }
    }

    /** Everything that nobody else may have. */
    Assignment held() {
        return assigned.plus(revoking);
    }

    /**
     * The next holding. Partitions held already keep the epoch from which they are held; one that was given up and is
     * given again begins anew.
     */
    Holding next(int nextEpoch, State nextState, Assignment nextAssigned, Assignment nextRevoking) {
        SortedMap<Integer, Assignment> nextSince = new TreeMap<>();
        Assignment unknown = nextAssigned.plus(nextRevoking);
        for (var entry : since.entrySet()) {
            Assignment kept = entry.getValue().intersect(unknown).minus(revoking.intersect(nextAssigned));
            if (!kept.isEmpty()) {
                nextSince.put(entry.getKey(), kept);
                unknown = unknown.minus(kept);
            }
        }
        if (!unknown.isEmpty()) {
            nextSince.merge(nextEpoch, unknown, Assignment::plus);
        }
        int previous = nextEpoch == epoch ? previousEpoch : epoch;
        return new Holding(nextEpoch, previous, nextState, nextAssigned, nextRevoking, nextSince);
    }

    /** The same partitions under another epoch: a static member leaves for a while, or comes back. */
    Holding withEpoch(int nextEpoch) {
        return new Holding(nextEpoch, epoch, state, assigned, revoking, since);
    }

    /** Whether the partition was this member's already in {@code memberEpoch}. */
    boolean heldAt(UUID topicId, int partition, int memberEpoch) {
        return since.headMap(memberEpoch + 1).values().stream()
                .anyMatch(partitions -> partitions.contains(topicId, partition));
    }
}
