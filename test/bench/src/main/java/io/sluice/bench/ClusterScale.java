package io.sluice.bench;

/**
 * How much work a comparison of clusters does in each round.
 *
 * @param leaderKills for each setting of the time-outs; with five rounds 20
 * @param partitions how many the cluster has when its controller dies
 * @param smallWarmup requests before the measured ones, for the brokers' JIT
 * @param bulkBytes of record values, each written by three brokers
 */
record ClusterScale(
        int leaderKills,
        int controllerKills,
        int partitions,
        long smallWarmup,
        long smallRequests,
        long bulkWarmupBytes,
        long bulkBytes) {

    static ClusterScale full() {
        return new ClusterScale(4, 2, 1_000, 100_000, 200_000, 200_000_000L, 600_000_000L);
    }

    static ClusterScale quick() {
        return new ClusterScale(2, 1, 100, 10_000, 20_000, 20_000_000L, 50_000_000L);
    }
}
