package io.sluice.network;

/**
 * The budget for bytes of frames held over all connections: those that are worked on, and those still on their way in. A
 * connection that finds it exhausted stops reading and is woken when bytes come back, so that memory stays bounded and
 * clients feel back-pressure instead of errors.
 *
 * <p>Frames on their way may take three quarters of it, so that clients which announce much and send little leave room
 * for the frames of others. Safe from any thread.
 */
final class FrameMemory {
    private final ByteBudget all;
    private final ByteBudget arriving;
    private final String boundedBy;

    /** @param boundedBy what a frame that is too large should be told to be measured by, for the log */
    FrameMemory(long limitBytes, String boundedBy) {
        this.boundedBy = boundedBy;
        long arrivingBytes = limitBytes - limitBytes / 4;
        all = new ByteBudget(limitBytes, limitBytes);
        // Who waits for memory does not move either: a part of it is enough for some to go on.
        arriving = new ByteBudget(arrivingBytes, arrivingBytes / 4);
    }

    String boundedBy() {
        return boundedBy;
    }

    boolean exhausted() {
        return all.exhausted();
    }

    void take(long bytes) {
        all.take(bytes);
    }

    void giveBack(long bytes) {
        all.giveBack(bytes);
    }

    /** Calls {@code wake} once there may be room; {@code wake} must hand over to its own loop. */
    void whenAvailable(Runnable wake) {
        all.whenRoomFor(1, wake);
    }

    /** No frame may be larger than what frames on their way share. */
    long largestFrameBytes() {
        return arriving.limitBytes();
    }

    /** Takes bytes for a frame on its way where there is room for them. */
    boolean tryTakeArriving(long bytes) {
        if (!arriving.tryTake(bytes)) {
            return false;
        }
        all.take(bytes);
        return true;
    }

    /** Takes bytes that a frame on its way uses already. */
    void takeArriving(long bytes) {
        arriving.take(bytes);
        all.take(bytes);
    }

    void giveBackArriving(long bytes) {
        arriving.giveBack(bytes);
        all.giveBack(bytes);
    }

    /** Who holds frames on their way and who waits for them. */
    ByteBudget arriving() {
        return arriving;
    }
}
