package io.sluice.cluster;

import java.util.Optional;
import net.bytebuddy.asm.Advice;

/** Code that is put into the cluster's own by the simulation's mutants: each does one thing wrong. */
public final class ClusterBugs {
    private ClusterBugs() {}

    /** R13: whoever a leader names may be in sync, whichever of its processes had caught up. */
    public static final class AnybodyMayJoin {
        private AnybodyMayJoin() {}

        @Advice.OnMethodExit
        static void exit(@Advice.Return(readOnly = false) Optional<String> result) {
            result = Optional.empty();
        }
    }

    /** R17: who becomes controller does not begin a new controller epoch. */
    public static final class ElectsInTheOldEpoch {
        private ElectsInTheOldEpoch() {}

        @Advice.OnMethodEnter
        static void enter(@Advice.Argument(value = 1, readOnly = false) StoredNode fence) {
            int before = Integer.parseInt(NodeCodec.plain(fence.data())) - 1;
            fence = new StoredNode(NodeCodec.plain(Integer.toString(before)), fence.stat());
        }
    }

    /** R18: a call is carried out in whatever term it comes. */
    public static final class ServesEveryTerm {
        private ServesEveryTerm() {}

        @Advice.OnMethodEnter
        static void enter(
                @Advice.Argument(value = 0, readOnly = false) PeerRequest.Call request,
                @Advice.Argument(1) ClusterImage image) {
            PeerRequest.Sender sender = request.sender();
            request = new PeerRequest.Call(
                    new PeerRequest.Sender(sender.clusterId(), image.controllerEpoch(), sender.asker()),
                    request.number(),
                    request.body());
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
