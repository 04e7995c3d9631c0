package io.sluice.kafka.peer;

import io.sluice.base.Cancellable;
import io.sluice.base.Loop;
import io.sluice.cluster.PeerException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** One message to another broker and the answer that is waited for. Used on the connection's loop. */
final class PeerCall {
    private final String to;
    private final byte[] message;
    private final long timeoutMs;
    private final Loop control;
    private final CompletableFuture<byte[]> answer = new CompletableFuture<>();
    private @Nullable Cancellable timer;
    private int correlationId;
    private long framesBefore;

    PeerCall(String to, byte[] message, long timeoutMs, Loop control) {
        this.to = to;
        this.message = message;
        this.timeoutMs = timeoutMs;
        this.control = control;
    }

    byte[] message() {
        return message;
    }

    long timeoutMs() {
        return timeoutMs;
    }

    CompletionStage<byte[]> answer() {
        return answer;
    }

    /** Runs {@code onTimeout} on {@code loop} unless the call ends before. */
    void startTimer(Loop loop, Runnable onTimeout) {
        timer = loop.schedule(timeoutMs, onTimeout);
    }

    /**
     * It was sent.
     *
     * @param id by which its answer is known, above 0
     * @param frames how many frames had come over the connection by then
     */
    void sent(int id, long frames) {
        correlationId = id;
        framesBefore = frames;
    }

    /** 0 until it is sent. */
    int correlationId() {
        return correlationId;
    }

    long framesBefore() {
        return framesBefore;
    }

    void succeed(byte[] with) {
        cancelTimer();
        control.execute(() -> answer.complete(with));
    }

    /** It may have arrived. */
    void fail(String why) {
        end(new PeerException("no answer from " + to + ": " + why));
    }

    /** It has not left this broker, and will not. */
    void failUnsent(String why) {
        end(PeerException.notSent("nothing sent to " + to + ": " + why));
    }

    private void end(PeerException failure) {
        cancelTimer();
        control.execute(() -> answer.completeExceptionally(failure));
    }

    private void cancelTimer() {
        Cancellable running = timer;
        if (running != null) {
            running.cancel();
        }
    }
}
