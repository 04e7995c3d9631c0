package io.sluice.engine.group;

import io.sluice.base.Entropy;
import java.util.function.Supplier;

/**
 * What a shard needs of the world around it.
 *
 * @param topics the topics as they are now
 * @param regexes where regular expressions are matched, off the loop
 * @param memory what the groups of all shards share
 */
record ShardPorts(
        GroupSettings settings,
        Timers timers,
        Entropy entropy,
        Supplier<TopicView> topics,
        RegexMatcher regexes,
        GroupMemory memory,
        Rules rules) {}
