package io.sluice.engine;

/**
 * Told once what became of an append, on the partition's home loop. The buffer that was appended belongs to the caller
 * again from then on.
 */
public interface AppendListener {
    /**
     * The batch is in the log and acknowledged as was asked. A duplicate of a batch that is still remembered is
     * answered with the original's offsets.
     *
     * @param baseOffset offset of the first record
     * @param appendTimeMs the time that the broker stamped, or -1 where records keep their own
     * @param logStartOffset the first offset that can be read
     */
    void appended(long baseOffset, long appendTimeMs, long logStartOffset);

    /**
     * The batch was refused, or its fate is not known (see {@link AppendError#isIndeterminate}).
     *
     * @param message names the partition and the reason
     */
    void refused(AppendError error, String message);
}
