package io.sluice.server;

import io.sluice.cluster.BrokerInfo;
import io.sluice.cluster.PeerException;
import io.sluice.cluster.PeerMessages;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Messages to other brokers in a process that has no transport for them: every call fails, no probe says anything. */
final class NoPeers implements PeerMessages {
    @Override
    public CompletionStage<byte[]> call(BrokerInfo broker, byte[] request, long timeoutMs) {
        return CompletableFuture.failedStage(
                new PeerException("this broker has no way to send messages to broker " + broker.id()));
    }

    @Override
    public CompletionStage<Reachability> probe(BrokerInfo broker, long timeoutMs) {
        return CompletableFuture.completedStage(Reachability.UNKNOWN);
    }

    @Override
    public void forget(int brokerId) {}
}
