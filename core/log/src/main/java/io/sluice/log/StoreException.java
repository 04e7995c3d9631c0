package io.sluice.log;

import java.nio.file.Path;

/** A data folder cannot be opened; the message says which, why, and what to do. */
public final class StoreException extends Exception {
    private static final long serialVersionUID = 1;

    /** Why. */
    public enum Reason {
        /** Another process has it open. */
        IN_USE,
        /** It belongs to another cluster or broker. */
        FOREIGN,
        /** It cannot be made, read or written. */
        INACCESSIBLE,
        /** There is no space left on its disk. */
        DISK_FULL,
        /** A file in it was written by a newer version or is damaged beyond use. */
        UNREADABLE
    }

    private final Reason reason;
    private final transient Path folder;

    public StoreException(Reason reason, Path folder, String message) {
        super(message);
        this.reason = reason;
        this.folder = folder;
    }

    public StoreException(Reason reason, Path folder, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
        this.folder = folder;
    }

    public Reason reason() {
        return reason;
    }

    public Path folder() {
        return folder;
    }
}
