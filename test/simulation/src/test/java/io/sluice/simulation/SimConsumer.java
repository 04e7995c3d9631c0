package io.sluice.simulation;

import io.sluice.engine.ReadError;
import io.sluice.log.LogId;

/**
 * Reads one partition from its beginning, record after record, from whoever leads; never goes back, and skips only what
 * may have been deleted.
 */
final class SimConsumer extends SimClient {
    private long position;
    private boolean asking;

    SimConsumer(World world, int hostId, LogId partition) {
        super(world, hostId, "consumer" + hostId, partition);
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
                    "fetch", 1_500, (broker, answer) -> answer.accept(broker.read(partition, from, epoch)), this::took);
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
        boolean deleted = refused.error() == ReadError.OFFSET_OUT_OF_RANGE
                && position < refused.logStart()
                && history().mayBeginAt(refused.logStart());
        if (deleted) {
            position = refused.logStart();
            return;
        }
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
