package io.sluice.log;

/** Hears, on the log's home loop, what became of a flush. Exactly one of the two methods is called, once. */
public interface FlushCallback {
    /** Everything below {@code offset} is on disk; it is at least the end offset at the time of the call. */
    void onFlushed(long offset);

    /** The data may or may not be on disk, and the data folder is out of service. */
    void onFailure(LogFailure failure);
}
