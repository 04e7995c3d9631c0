package io.sluice.simulation;

import io.sluice.engine.ReadError;

/** Reads one partition from its beginning, record after record, from whoever leads; never skips and never goes back. */
final class SimConsumer extends SimClient {
    private long position;
    private boolean asking;

    SimConsumer(World world, int hostId, String topic, int partition) {
        super(world, hostId, "consumer" + hostId, topic, partition);
    }

    void start() {
        lookUp();
        schedule(1, this::tick);
    }

    long position() {
        return position;
    }

    private void tick() {
        if (connected() && !asking) {
            asking = true;
            long from = position;
            int epoch = leaderEpoch();
            this.<FrontEnd.Read>call(
                    "fetch",
                    1_500,
                    (broker, answer) -> answer.accept(broker.read(topic, partition, from, epoch)),
                    this::took);
        }
        schedule(chance().between(5, 60), this::tick);
    }

    private void took(FrontEnd.Read read) {
        asking = false;
        if (read instanceof FrontEnd.Read.Found found) {
            LogCopy.decode(found.batches(), entry -> {
                if (entry.offset() >= position && entry.offset() < found.highWatermark()) {
                    world.require(
                            entry.offset() == position,
                            name() + " of " + history().name() + " is led from offset " + position + " to "
                                    + entry.offset());
                    history().read(entry, name());
                    position = entry.offset() + 1;
                }
            });
            return;
        }
        FrontEnd.Read.Refused refused = (FrontEnd.Read.Refused) read;
        world.require(
                refused.error() != ReadError.OFFSET_OUT_OF_RANGE,
                name() + " r5: offset " + position + " is out of range in the leader's epoch " + leaderEpoch() + ": "
                        + refused.message());
        giveUpLeader();
    }

    @Override
    void found() {}

    @Override
    void lost() {
        asking = false;
    }
}
