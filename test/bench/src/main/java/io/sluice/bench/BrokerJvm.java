package io.sluice.bench;

import java.util.List;

/**
 * What every broker's JVM is started with.
 *
 * @param heap the limit, as {@code -Xmx} takes it: {@code 512m}
 * @param extraOptions further options for both sides, for example what a profiler needs; usually none
 */
record BrokerJvm(String heap, List<String> extraOptions) {}
