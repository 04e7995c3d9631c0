package io.sluice.log;

import io.sluice.base.EpochChain;
import java.util.List;
import java.util.OptionalLong;

/**
 * What loading found.
 *
 * @param logs how many logs there are
 * @param clean whether the last shutdown was clean in all data folders
 * @param brokerEpoch the epoch that the broker had at the clean shutdown, empty after a crash
 * @param proven see {@link LogStore#proven}
 * @param scannedBytes how much was read to recover
 * @param cuts what recovery cut off
 * @param corrupt the logs that are damaged below their recovery point
 */
public record LoadReport(
        int logs,
        boolean clean,
        OptionalLong brokerEpoch,
        EpochChain proven,
        long scannedBytes,
        List<Cut> cuts,
        List<LogId> corrupt) {
    /**
     * The end of a log that recovery cut off, because its first batch was torn.
     *
     * @param offset where the log ends now
     * @param bytes how much was cut off
     * @param why what was wrong with the first batch
     */
    public record Cut(LogId id, long offset, long bytes, String why) {}
}
