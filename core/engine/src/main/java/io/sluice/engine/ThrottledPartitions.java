package io.sluice.engine;

import java.util.BitSet;
import java.util.List;

/**
 * Which partitions of a topic this broker holds to a rate: as their leader, and as a follower (KIP-73). Immutable.
 *
 * @param leading those that it gives to replicas which are not in sync
 * @param following those that it copies while it is not in sync
 */
public record ThrottledPartitions(Which leading, Which following) {
    /** None. */
    public static final ThrottledPartitions NONE = new ThrottledPartitions(Which.NONE, Which.NONE);

    private static final List<String> EVERY_ONE = List.of("*");

    /**
     * As the topic's settings say it.
     *
     * @param leading {@code leader.replication.throttled.replicas}
     * @param following {@code follower.replication.throttled.replicas}
     */
    static ThrottledPartitions of(List<String> leading, List<String> following, int brokerId) {
        return leading.isEmpty() && following.isEmpty()
                ? NONE
                : new ThrottledPartitions(Which.of(leading, brokerId), Which.of(following, brokerId));
    }

    /** Some partitions of a topic. */
    public static final class Which {
        private static final Which NONE = new Which(false, new BitSet());
        private static final Which ALL = new Which(true, new BitSet());
        /** No topic has more; a number beyond would only take memory. */
        private static final int MOST_PARTITIONS = 1_000_000;

        private final boolean all;
        private final BitSet some;

        private Which(boolean all, BitSet some) {
            this.all = all;
            this.some = some;
        }

        /** @param replicas partition:broker pairs of all brokers, or {@code *} */
        private static Which of(List<String> replicas, int brokerId) {
            if (replicas.equals(EVERY_ONE)) {
                return ALL;
            }
            String here = ":" + brokerId;
            BitSet some = new BitSet();
            for (String replica : replicas) {
                int partition = Integer.parseInt(replica.substring(0, replica.indexOf(':')));
                if (replica.endsWith(here) && partition < MOST_PARTITIONS) {
                    some.set(partition);
                }
            }
            return some.isEmpty() ? NONE : new Which(false, some);
        }

        boolean has(int partition) {
            return all || some.get(partition);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Which which && all == which.all && some.equals(which.some);
        }

        @Override
        public int hashCode() {
            return all ? 1 : some.hashCode();
        }

        @Override
        public String toString() {
            return all ? "*" : some.toString();
        }
    }
}
