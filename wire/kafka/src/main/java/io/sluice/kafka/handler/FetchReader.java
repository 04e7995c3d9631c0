package io.sluice.kafka.handler;

import org.apache.kafka.common.message.FetchRequestData;

/**
 * Who fetches: a consumer, or the replica of a partition on another broker.
 *
 * @param brokerId the replica's broker, below 0 for consumers
 * @param brokerEpoch the registration that it fetches under (KIP-903), -1 when it does not say
 */
record FetchReader(int brokerId, long brokerEpoch) {
    static final FetchReader CONSUMER = new FetchReader(-1, -1);
    private static final int STATE_FROM = 15;

    static FetchReader of(FetchRequestData request, short version) {
        if (version < STATE_FROM) {
            return request.replicaId() < 0 ? CONSUMER : new FetchReader(request.replicaId(), -1);
        }
        FetchRequestData.ReplicaState state = request.replicaState();
        return state.replicaId() < 0 ? CONSUMER : new FetchReader(state.replicaId(), state.replicaEpoch());
    }

    boolean isReplica() {
        return brokerId >= 0;
    }
}
