package io.sluice.bench;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/** Sends single batches over a {@link Wire}, again and again until they are acknowledged. Same thread as the wire. */
final class Publisher {
    private static final int ATTEMPTS_MAX = 20_000;

    private final Wire wire;
    private final short version;

    Publisher(Wire wire, short version) {
        this.wire = wire;
        this.version = version;
    }

    /** Puts one batch into each of these partitions, in one request; returns when all are acknowledged. */
    void publish(Topic topic, List<Integer> partitions, ProduceFrame.Batch batch)
            throws IOException, InterruptedException {
        ProduceFrame frame = ProduceFrame.encode(version, topic, partitions, batch);
        for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
            var answer = wire.exchange(frame.bytes(), ApiKeys.PRODUCE, version, 0);
            Errors error = Errors.forCode(ProduceAnswer.firstError(answer.buffer(), version));
            if (error == Errors.NONE) {
                return;
            }
            if (!(error.exception() instanceof RetriableException)) {
                throw new BenchException("a record for topic " + topic.name() + " was refused: " + error);
            }
            TimeUnit.MILLISECONDS.sleep(1);
        }
        throw new BenchException("topic " + topic.name() + " accepts no record");
    }
}
