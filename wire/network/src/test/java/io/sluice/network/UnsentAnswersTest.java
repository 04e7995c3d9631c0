package io.sluice.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.embedded.EmbeddedChannel;
import io.sluice.base.ManualClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class UnsentAnswersTest {
    private static final long IDLE_MS = 600_000;
    private final ManualClock clock = new ManualClock();
    private final ByteBudget budget = new ByteBudget(100_000, 100_000);
    private final UnsentAnswers answers = new UnsentAnswers(budget, new Complaints(), clock);
    private final Socket socket = new Socket(answers);

    /** A channel whose client reads when it is told to. */
    private static final class Socket extends EmbeddedChannel {
        private boolean reads = true;

        Socket(UnsentAnswers answers) {
            super(answers);
        }

        void reads(boolean value) {
            reads = value;
            if (reads) {
                unsafe().flush();
                runPendingTasks();
            }
        }

        @Override
        protected void doWrite(ChannelOutboundBuffer in) throws Exception {
            if (reads) {
                super.doWrite(in);
            }
        }
    }

    @AfterEach
    void closeSocket() {
        socket.finishAndReleaseAll();
    }

    private void send(int bytes) {
        ByteBuf answer = Unpooled.buffer(bytes).writeZero(bytes);
        ChannelHandlerContext context = socket.pipeline().context(answers);
        context.channel().writeAndFlush(answer);
        socket.runPendingTasks();
    }

    @Test
    void anAnswerThatIsReadCostsNothing() {
        send(200_000);
        assertThat(answers.heldBytes()).isZero();
        assertThat(answers.mayAnswer(() -> {})).isTrue();
    }

    @Test
    void noRequestIsStartedWhileUnreadAnswersTakeAllTheMemory() {
        boolean[] resumed = new boolean[1];
        socket.reads(false);
        send(120_000);
        assertThat(answers.heldBytes()).isGreaterThanOrEqualTo(120_000);
        assertThat(answers.mayAnswer(() -> resumed[0] = true)).isFalse();
        socket.reads(true);
        assertThat(answers.heldBytes()).isZero();
        assertThat(resumed[0]).isTrue();
    }

    @Test
    void theClientThatDoesNotReadIsGivenUpWhenOthersWait() {
        socket.reads(false);
        send(120_000);
        budget.relieve(clock.nanoTime());
        assertThat(socket.isOpen()).isTrue();
        clock.advanceMs(500);
        budget.relieve(clock.nanoTime());
        socket.runPendingTasks();
        assertThat(socket.isOpen()).isFalse();
        assertThat(budget.exhausted()).isFalse();
    }

    @Test
    void theClientThatReadsSlowlyGoesOn() {
        socket.reads(false);
        send(120_000);
        budget.relieve(clock.nanoTime());
        clock.advanceMs(500);
        socket.reads(true);
        socket.reads(false);
        send(120_000);
        budget.relieve(clock.nanoTime());
        socket.runPendingTasks();
        assertThat(socket.isOpen()).isTrue();
    }

    @Test
    void aClientThatReadsNothingForTheIdleTimeIsOverdue() {
        socket.reads(false);
        send(10);
        assertThat(answers.overdue(clock.nanoTime(), IDLE_MS)).isNull();
        clock.advanceMs(IDLE_MS + 1);
        assertThat(answers.overdue(clock.nanoTime(), IDLE_MS)).contains("connections.max.idle.ms");
    }

    @Test
    void aClientToWhomNothingIsOwedIsNotOverdue() {
        send(10);
        clock.advanceMs(IDLE_MS + 1);
        assertThat(answers.overdue(clock.nanoTime(), IDLE_MS)).isNull();
    }
}
