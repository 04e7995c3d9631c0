package io.sluice.kafka.handler;

import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.requests.FetchRequest;

/**
 * Who fetches: a consumer, the replica of a partition on another broker, or somebody who compares replicas. The last is
 * what Kafka calls a debugging consumer: it is given what this broker has, be it the leader or not, up to its log's end.
 *
 * @param brokerId the replica's broker, -1 for consumers, -2 for debugging ones
 * @param brokerEpoch the registration that it fetches under (KIP-903), -1 when it does not say
 * @param anyReplica whether it may read from followers, and be sent to them (KIP-392)
 * @param rack where the consumer stands, empty when it does not say
 */
record FetchReader(int brokerId, long brokerEpoch, boolean anyReplica, String rack) {
    private static final int CONSUMER = -1;
    private static final int UNSAID = -1;
    private static final int ANY_REPLICA_FROM = 11;
    private static final int STATE_FROM = 15;

    static FetchReader of(FetchRequestData request, short version) {
        FetchRequestData.ReplicaState state = request.replicaState();
        int id = version < STATE_FROM ? request.replicaId() : state.replicaId();
        if (id >= 0) {
            return new FetchReader(id, version < STATE_FROM ? UNSAID : state.replicaEpoch(), false, "");
        }
        if (id == FetchRequest.DEBUGGING_CONSUMER_ID) {
            return new FetchReader(id, UNSAID, false, "");
        }
        return new FetchReader(CONSUMER, UNSAID, version >= ANY_REPLICA_FROM, request.rackId());
    }

    /**
     * The same, read again after a while. What a replica has it said when its request came; by now it may have been taken
     * away from its broker and given back empty (R4).
     */
    FetchReader again() {
        return isReplica() ? new FetchReader(brokerId, UNSAID, anyReplica, rack) : this;
    }

    boolean isReplica() {
        return brokerId >= 0;
    }

    boolean isDebugging() {
        return brokerId == FetchRequest.DEBUGGING_CONSUMER_ID;
    }
}
