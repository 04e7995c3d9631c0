package io.sluice.engine.group;

import io.sluice.base.Loop;
import java.util.concurrent.CompletionStage;

/** Port: the internal topic {@code __consumer_offsets}. Safe from any thread; must not block. */
public interface OffsetsTopic {
    /** {@code offsets.topic.num.partitions}, or what the topic has if it exists. Never changes once it exists. */
    int partitions();

    /** Creates the topic if need be; completes when its partitions have leaders. */
    CompletionStage<Void> ensureCreated();

    /** The home loop of a partition: everything about its groups happens there. */
    Loop loop(int partition);

    /** The log of a partition that this broker leads. Called once for each term of leadership, on the home loop. */
    CoordinatorLog log(int partition);
}
