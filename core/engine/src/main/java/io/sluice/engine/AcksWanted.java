package io.sluice.engine;

/**
 * When an append is to be acknowledged.
 *
 * @param allReplicas whether all replicas in sync must have it (acks=all), else this broker alone (acks=1)
 * @param timeoutMs for how long to wait for all replicas; then the append is refused as {@link AppendError#TIMED_OUT}
 */
public record AcksWanted(boolean allReplicas, long timeoutMs) {
    public static final AcksWanted LEADER = new AcksWanted(false, 0);

    public static AcksWanted all(long timeoutMs) {
        return new AcksWanted(true, timeoutMs);
    }
}
