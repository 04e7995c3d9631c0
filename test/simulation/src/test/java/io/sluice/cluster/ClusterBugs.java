package io.sluice.cluster;

import net.bytebuddy.asm.Advice;

/** Code that is put into the cluster's own by the simulation's mutants: each does one thing wrong. */
public final class ClusterBugs {
    private ClusterBugs() {}

    /** R17: who becomes controller does not begin a new controller epoch. */
    public static final class ElectsInTheOldEpoch {
        private ElectsInTheOldEpoch() {}

        @Advice.OnMethodEnter
        static void enter(@Advice.Argument(value = 1, readOnly = false) StoredNode fence) {
            int before = Integer.parseInt(NodeCodec.plain(fence.data())) - 1;
            fence = new StoredNode(NodeCodec.plain(Integer.toString(before)), fence.stat());
        }
    }

    /** R19: a write whose answer was lost is taken for done. */
    public static final class BelievesThatItWasWritten {
        private BelievesThatItWasWritten() {}

        @Advice.OnMethodExit
        static void exit(@Advice.Return(readOnly = false) Term.Fate result) {
            result = Term.Fate.WRITTEN;
        }
    }

    /** R21: a move ends when it begins. */
    public static final class EndsMovesAtOnce {
        private EndsMovesAtOnce() {}

        @Advice.OnMethodExit
        static void exit(
                @Advice.This PartitionDraft self,
                @Advice.Argument(0) Electorate brokers,
                @Advice.FieldValue("reassignment") Reassignment reassignment) {
            if (reassignment.isUnderWay()) {
                self.replicas(reassignment.target(), Reassignment.NONE);
                self.elect(brokers, false);
            }
        }
    }
}
