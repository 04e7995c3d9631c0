package io.sluice.simulation;

import io.sluice.base.Cancellable;
import io.sluice.base.Loop;
import io.sluice.cluster.BrokerInfo;
import io.sluice.engine.ReplicaAnswer;
import io.sluice.engine.ReplicaFetch;
import io.sluice.engine.ReplicaLink;
import io.sluice.engine.ReplicaLinks;
import org.jspecify.annotations.Nullable;

/** A follower's connections to leaders; the leader's side is {@link ReplicaSession}. */
final class SimLinks implements ReplicaLinks {
    private static final long PATIENCE_MS = 3_000;

    private final World world;
    private final SimHost here;
    private final SimProcess process;

    SimLinks(World world, SimHost here, SimProcess process) {
        this.world = world;
        this.here = here;
        this.process = process;
    }

    @Override
    public ReplicaLink open(Loop loop, BrokerInfo leader) {
        return new Link((SimLoop) loop, world.broker(leader.id()));
    }

    private final class Link implements ReplicaLink {
        private final SimLoop loop;
        private final SimBroker leader;
        private @Nullable SimConnection connection;
        private @Nullable Answer waiting;
        private Cancellable timer = () -> {};
        /** Counts requests; answers to any but the last are dropped. */
        private long request;

        Link(SimLoop loop, SimBroker leader) {
            this.loop = loop;
            this.leader = leader;
        }

        @Override
        public void fetch(ReplicaFetch fetch, Answer answer) {
            if (waiting != null) {
                throw new IllegalStateException("a fetch is under way already");
            }
            waiting = answer;
            long mine = ++request;
            timer = loop.schedule(fetch.maxWaitMs() + PATIENCE_MS, () -> fail(mine, "no answer in time"));
            SimConnection on = connection;
            if (on == null) {
                SimConnection[] opened = new SimConnection[1];
                opened[0] = world.network().connect(here, process, loop, leader.host(), () -> closed(opened[0]));
                on = opened[0];
                connection = on;
            }
            SimConnection sentOn = on;
            sentOn.toServer("replica fetch", () -> ReplicaSession.of(world, leader, sentOn)
                    .fetch(fetch, found -> sentOn.toClient("replica answer", () -> answered(mine, found))));
        }

        private void answered(long to, ReplicaAnswer answer) {
            Answer taker = waiting;
            if (to != request || taker == null) {
                return;
            }
            timer.cancel();
            waiting = null;
            taker.take(answer);
        }

        private void closed(SimConnection which) {
            if (which == connection) {
                connection = null;
                fail(request, "the connection to " + leader.host() + " broke");
            }
        }

        private void fail(long which, String why) {
            SimConnection before = connection;
            if (which == request && before != null) {
                connection = null;
                before.closeByClient();
            }
            answered(which, new ReplicaAnswer.Failed(why));
        }

        @Override
        public void close() {
            timer.cancel();
            waiting = null;
            request++;
            SimConnection before = connection;
            connection = null;
            if (before != null) {
                before.closeByClient();
            }
        }
    }
}
