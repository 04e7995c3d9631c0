package io.sluice.engine;

/** Hears what this broker becomes to its partitions. Called on the partition's home loop. */
interface RoleListener {
    /** This broker leads the partition, in a new epoch. */
    void leading(Partition partition);

    /** It does no longer. Whoever leads now is told next, if anybody does. */
    void notLeading(Partition partition);

    /** Another broker leads in a new epoch, see {@link Partition#leadership}, and is to be followed. */
    void following(Partition partition);

    /** Nobody leads, or the partition is closed: nothing is to be followed. */
    void idle(Partition partition);

    /** {@link Partition#isHeldToRate} may be otherwise now. */
    default void throttleMayDiffer(Partition partition) {}
}
