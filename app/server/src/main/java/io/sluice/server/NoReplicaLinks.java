package io.sluice.server;

import io.sluice.base.Loop;
import io.sluice.cluster.BrokerInfo;
import io.sluice.engine.ReplicaAnswer;
import io.sluice.engine.ReplicaFetch;
import io.sluice.engine.ReplicaLink;
import io.sluice.engine.ReplicaLinks;

/** Stands where connections to other brokers will be: every fetch fails, so nothing is ever copied from them. */
final class NoReplicaLinks implements ReplicaLinks {
    @Override
    public ReplicaLink open(Loop loop, BrokerInfo leader) {
        return new ReplicaLink() {
            @Override
            public void fetch(ReplicaFetch request, Answer answer) {
                loop.execute(() -> answer.take(
                        new ReplicaAnswer.Failed("this broker has no connection to broker " + leader.id())));
            }

            @Override
            public void close() {
                // Nothing is open.
            }
        };
    }
}
