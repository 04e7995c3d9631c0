package io.sluice.network;

import io.netty.channel.Channel;
import io.sluice.base.Clock;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at a connection every few seconds and closes it when it idles, drips a frame or does not read. On the
 * connection's loop.
 */
final class Deadline implements Runnable {
    private static final Logger log = LoggerFactory.getLogger(Deadline.class);
    private static final long PERIOD_MS = 5_000;

    private final Channel channel;
    private final FrameReader frames;
    private final UnsentAnswers answers;
    private final long idleMs;
    private final Clock clock;

    private Deadline(Channel channel, FrameReader frames, UnsentAnswers answers, long idleMs, Clock clock) {
        this.channel = channel;
        this.frames = frames;
        this.answers = answers;
        this.idleMs = idleMs;
        this.clock = clock;
    }

    static void watch(Channel channel, FrameReader frames, UnsentAnswers answers, long idleMs, Clock clock) {
        Future<?> timer = channel.eventLoop()
                .scheduleWithFixedDelay(
                        new Deadline(channel, frames, answers, idleMs, clock),
                        PERIOD_MS,
                        PERIOD_MS,
                        TimeUnit.MILLISECONDS);
        channel.closeFuture().addListener(closed -> timer.cancel(false));
    }

    @Override
    public void run() {
        long now = clock.nanoTime();
        String idle = frames.overdue(now);
        String why = idle != null ? idle : answers.overdue(now, idleMs);
        if (why != null) {
            log.info("closing remote={}: {}", channel.remoteAddress(), why);
            channel.close();
        }
    }
}
