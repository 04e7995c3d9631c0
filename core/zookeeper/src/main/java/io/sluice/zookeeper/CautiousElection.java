package io.sluice.zookeeper;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import org.apache.zookeeper.server.quorum.FastLeaderElection;
import org.apache.zookeeper.server.quorum.QuorumCnxManager;
import org.apache.zookeeper.server.quorum.QuorumPeer;
import org.apache.zookeeper.server.quorum.QuorumPeer.ServerState;
import org.apache.zookeeper.server.quorum.SyncedLearnerTracker;
import org.apache.zookeeper.server.quorum.Vote;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * ZooKeeper's election, in which a member with nothing on its disk gives nobody a majority who has something. It cannot
 * know whether it is new or was wiped, and in the latter case it has forgotten what it once acknowledged: a member that
 * missed those writes would be elected by its vote, and they would be lost. So it votes with others that have nothing,
 * which is how an ensemble is founded; once it has heard of somebody who has something, it follows only a leader that a
 * majority of the others has elected, and votes again when it has got all data from that one.
 *
 * <p>Lives as long as its server. Called by that server's main thread.
 */
final class CautiousElection extends FastLeaderElection {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedZooKeeper.class);
    /** Where the first leader's writes begin. Who is no further has nothing that was ever acknowledged. */
    private static final long FIRST_EPOCH = 1L << 32;

    private final QuorumPeer self;
    private boolean empty;
    private boolean heardOfHistory;
    /** The votes are a majority; the election ends unless a better vote comes soon. */
    private boolean ending;

    CautiousElection(QuorumPeer self, QuorumCnxManager connections) {
        super(self, connections);
        this.self = self;
    }

    @Override
    public Vote lookForLeader() throws InterruptedException {
        empty = hasNothing();
        ending = false;
        if (!empty) {
            heardOfHistory = false;
        }
        return super.lookForLeader();
    }

    private boolean hasNothing() {
        try {
            return self.getLastLoggedZxid() == 0 && self.getCurrentEpoch() == 0;
        } catch (IOException e) {
            throw new UncheckedIOException("the ensemble's current epoch can't be read", e);
        }
    }

    private static boolean isHistory(long zxid) {
        return zxid > FIRST_EPOCH;
    }

    /** Whether the first of two votes is the better one, which decides whom this member votes for from then on. */
    @Override
    protected boolean totalOrderPredicate(
            long newId, long newZxid, long newEpoch, long currentId, long currentZxid, long currentEpoch) {
        boolean better;
        if (empty && isHistory(newZxid)) {
            hearOfHistory(newId);
            better = ending; // then the vote is looked at again, without ending the election
        } else {
            better = super.totalOrderPredicate(newId, newZxid, newEpoch, currentId, currentZxid, currentEpoch);
        }
        if (better) {
            ending = false;
        }
        return better;
    }

    private void hearOfHistory(long fromWhom) {
        if (!heardOfHistory) {
            heardOfHistory = true;
            LOG.warn(
                    "the embedded ZooKeeper of this node has nothing on its disk, but that of node {} has data: it does"
                            + " not vote before a majority of the other nodes is there to get all data from node={}",
                    fromWhom,
                    self.getMyId());
        }
    }

    @Override
    protected SyncedLearnerTracker getVoteTracker(Map<Long, Vote> votes, Vote vote) {
        boolean stillLooking = vote.getState() == ServerState.LOOKING;
        SyncedLearnerTracker tracker =
                empty && heardOfHistory && stillLooking ? new NoMajority() : super.getVoteTracker(votes, vote);
        ending = stillLooking && tracker.hasAllQuorums();
        return tracker;
    }

    private static final class NoMajority extends SyncedLearnerTracker {
        @Override
        public boolean hasAllQuorums() {
            return false;
        }
    }
}
