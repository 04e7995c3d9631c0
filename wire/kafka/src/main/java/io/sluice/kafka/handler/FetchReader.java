package io.sluice.kafka.handler;

import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.requests.FetchRequest;

/**
 * Who fetches: a consumer, the replica of a partition on another broker, or somebody who compares replicas. The last is
 * what Kafka calls a debugging consumer: it is given what this broker has, be it the leader or not, up to its log's end.
 *
 * @param brokerId the replica's broker, -1 for consumers, -2 for debugging ones
 * @param brokerEpoch the registration that it fetches under (KIP-903), -1 when it does not say
 */
record FetchReader(int brokerId, long brokerEpoch) {
    static final FetchReader CONSUMER = new FetchReader(-1, -1);
    static final FetchReader DEBUGGING = new FetchReader(FetchRequest.DEBUGGING_CONSUMER_ID, -1);
    private static final int STATE_FROM = 15;

    static FetchReader of(FetchRequestData request, short version) {
        if (version < STATE_FROM) {
            return of(request.replicaId(), -1);
        }
        FetchRequestData.ReplicaState state = request.replicaState();
        return of(state.replicaId(), state.replicaEpoch());
    }

    private static FetchReader of(int id, long epoch) {
        if (id == DEBUGGING.brokerId) {
            return DEBUGGING;
        }
        return id < 0 ? CONSUMER : new FetchReader(id, epoch);
    }

    boolean isReplica() {
        return brokerId >= 0;
    }

    boolean isDebugging() {
        return brokerId == DEBUGGING.brokerId;
    }
}
