package io.sluice.engine;

/** Hears which partitions this broker begins and ceases to lead. Called on the partition's home loop. */
interface LeadershipListener {
    /** This broker leads the partition, in a new epoch. */
    void leading(Partition partition);

    /** It does no longer. */
    void notLeading(Partition partition);
}
