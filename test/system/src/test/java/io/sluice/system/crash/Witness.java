package io.sluice.system.crash;

import org.apache.kafka.common.TopicPartition;

/** Is told what writers do and what becomes of it, on their threads. */
public interface Witness {
    /** A record is about to be sent for the first time. */
    default void sending(TopicPartition partition, Payload payload) {}

    /**
     * A record was acked.
     *
     * @param offset where it lies, -1 where the broker only knows that it has it already
     */
    void acked(TopicPartition partition, long offset, Payload payload);

    /** A record was refused by an error that says that it was not written, or never will be seen. */
    default void refused(TopicPartition partition, Payload payload) {}
}
