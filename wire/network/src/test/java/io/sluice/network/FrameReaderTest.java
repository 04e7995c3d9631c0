package io.sluice.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.sluice.base.ManualClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FrameReaderTest {
    private static final int MAX_FRAME = 1 << 20;
    private final ManualClock clock = new ManualClock();
    private final FrameMemory memory = new FrameMemory(10_000, "the test");
    private final FrameReader reader = new FrameReader(limits(2), memory, new Complaints(), clock);
    private final EmbeddedChannel channel = new EmbeddedChannel(reader);

    private static ConnectionLimits limits(int inFlight) {
        return new ConnectionLimits(10, 10, 600_000, 60_000, MAX_FRAME, 10_000, inFlight);
    }

    @AfterEach
    void closeChannel() {
        channel.finishAndReleaseAll();
    }

    private static ByteBuf frame(int length) {
        ByteBuf out = Unpooled.buffer();
        out.writeInt(length);
        for (int i = 0; i < length; i++) {
            out.writeByte(i);
        }
        return out;
    }

    private void assertFrame(int length) {
        ByteBuf frame = channel.readInbound();
        assertThat(frame).isNotNull();
        assertThat(frame.readableBytes()).isEqualTo(length);
        for (int i = 0; i < length; i++) {
            assertThat(frame.readByte()).isEqualTo((byte) i);
        }
        frame.release();
    }

    @Test
    void framesAreCutWhereverTheBytesAreSplit() {
        for (int split = 1; split < 24; split++) {
            ByteBuf both = Unpooled.wrappedBuffer(frame(7), frame(9));
            channel.writeInbound(both.readRetainedSlice(split));
            channel.writeInbound(both);
            assertFrame(7);
            assertFrame(9);
            reader.frameDone(7);
            reader.frameDone(9);
        }
    }

    @Test
    void negativeLengthClosesTheConnection() {
        channel.writeInbound(Unpooled.buffer().writeInt(-5).writeInt(0));
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void lengthBeyondTheLimitClosesTheConnection() {
        channel.writeInbound(Unpooled.buffer().writeInt(MAX_FRAME + 1));
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void readingStopsAtTheInFlightLimitAndGoesOnWhenFramesAreDone() {
        channel.writeInbound(Unpooled.wrappedBuffer(frame(1), frame(2), frame(3)));
        assertFrame(1);
        assertFrame(2);
        assertThat((Object) channel.readInbound()).isNull();
        assertThat(channel.config().isAutoRead()).isFalse();
        reader.frameDone(1);
        assertFrame(3);
        reader.frameDone(2);
        assertThat(channel.config().isAutoRead()).isTrue();
    }

    @Test
    void readingStopsWhenFrameMemoryIsUsedUpByOthers() {
        memory.take(10_000);
        channel.writeInbound(frame(5));
        assertThat((Object) channel.readInbound()).isNull();
        memory.giveBack(10_000);
        channel.runPendingTasks();
        assertFrame(5);
    }

    @Test
    void aFrameThatDripsIsOverdue() {
        channel.writeInbound(Unpooled.buffer().writeInt(100).writeByte(1));
        assertThat(reader.overdue(clock.nanoTime())).isNull();
        clock.advanceMs(60_001);
        assertThat(reader.overdue(clock.nanoTime())).contains("60000 ms");
    }

    @Test
    void aLengthThatDripsIsOverdue() {
        channel.writeInbound(Unpooled.buffer().writeByte(0));
        clock.advanceMs(60_001);
        assertThat(reader.overdue(clock.nanoTime())).contains("60000 ms");
    }

    @Test
    void aSilentConnectionIsOverdueButOneThatWaitsForItsAnswerIsNot() {
        channel.writeInbound(frame(3));
        assertFrame(3);
        clock.advanceMs(600_001);
        assertThat(reader.overdue(clock.nanoTime())).isNull();
        reader.frameDone(3);
        assertThat(reader.overdue(clock.nanoTime())).contains("idle");
    }

    @Test
    void closingGivesBackWhatWasInFlight() {
        channel.writeInbound(frame(10));
        assertFrame(10);
        memory.take(9_990);
        assertThat(memory.exhausted()).isTrue();
        channel.close();
        assertThat(memory.exhausted()).isFalse();
    }

    @Test
    void aLengthAloneBuysLittleMemory() {
        channel.writeInbound(Unpooled.buffer().writeInt(7_000).writeByte(1));
        assertThat(reader.heldBytes()).isEqualTo(4_096);
    }

    @Test
    void frameLargerThanAllFramesOnTheirWayMayBeClosesTheConnection() {
        channel.writeInbound(Unpooled.buffer().writeInt(7_501));
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void aFrameOnItsWayWaitsForMemoryAndLeavesRoomForSmallOnes() {
        memory.takeArriving(6_000);
        channel.writeInbound(Unpooled.buffer().writeInt(7_000).writeZero(4_096));
        assertThat(channel.config().isAutoRead()).isFalse();
        assertThat(memory.exhausted()).isTrue();
        memory.giveBackArriving(6_000);
        channel.runPendingTasks();
        assertThat(channel.config().isAutoRead()).isTrue();
        assertThat(reader.heldBytes()).isEqualTo(7_000);
    }

    @Test
    void framesOnTheirWayAreNeverGivenAllTheMemory() {
        assertThat(memory.tryTakeArriving(7_500)).isTrue();
        assertThat(memory.tryTakeArriving(1)).isFalse();
        assertThat(memory.exhausted()).isFalse();
    }

    @Test
    void aFrameThatHasStoppedMovingIsGivenUpWhenOthersWaitForItsMemory() {
        channel.writeInbound(Unpooled.buffer().writeInt(7_000).writeZero(4_097));
        assertThat(memory.tryTakeArriving(7_000)).isFalse();
        memory.arriving().relieve(clock.nanoTime());
        channel.runPendingTasks();
        assertThat(channel.isOpen()).isTrue();
        clock.advanceMs(500);
        memory.arriving().relieve(clock.nanoTime());
        channel.runPendingTasks();
        assertThat(channel.isOpen()).isFalse();
        assertThat(memory.tryTakeArriving(7_000)).isTrue();
    }

    @Test
    void aFrameThatWasReadIsHeldNoLongerThoughItsAnswerIsNotThere() {
        channel.writeInbound(frame(7_000));
        assertFrame(7_000);
        memory.take(3_000);
        assertThat(memory.exhausted()).isTrue();
        reader.frameRead(7_000);
        assertThat(memory.exhausted()).isFalse();
        channel.close();
        memory.take(6_999);
        assertThat(memory.exhausted()).as("nothing was given back twice").isFalse();
    }
}
