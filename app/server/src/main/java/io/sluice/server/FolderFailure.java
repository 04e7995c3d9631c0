package io.sluice.server;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Says what is wrong with a data folder, and what to do about it. */
final class FolderFailure {
    /** Less than this and the embedded ZooKeeper cannot write the snapshot and the log that a start begins with. */
    private static final long ROOM_MIN_BYTES = 4 << 20;

    private static final String NO_SPACE = "No space left on device";

    private FolderFailure() {}

    /** The failure to make, open or write {@code folder}. */
    static StartupException cannotUse(Path folder, IOException e) {
        if (String.valueOf(e.getMessage()).contains(NO_SPACE)) {
            return full(folder, "", e);
        }
        return new StartupException(
                "cannot write to the data folder " + folder + " (" + reason(e)
                        + "); choose another with --data or make it writable",
                e);
    }

    /** Refuses a folder whose disk is too full to start on: ZooKeeper would fail only once it serves. */
    static void requireRoom(Path folder) throws StartupException {
        long usable;
        try {
            usable = Files.getFileStore(folder).getUsableSpace();
        } catch (IOException e) {
            throw cannotUse(folder, e);
        }
        if (usable < ROOM_MIN_BYTES) {
            throw full(folder, ": " + (usable >> 10) + " KiB are free, a start needs " + (ROOM_MIN_BYTES >> 10), null);
        }
    }

    private static StartupException full(Path folder, String detail, @Nullable IOException e) {
        String message = "the disk of the data folder " + folder + " is full" + detail
                + "; make room, or choose another folder with --data";
        return e == null ? new StartupException(message) : new StartupException(message, e);
    }

    private static String reason(IOException e) {
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (e instanceof NoSuchFileException) {
            return "it cannot be made there";
        }
        if (e instanceof FileAlreadyExistsException) {
            return "it is a file";
        }
        String reason = e instanceof FileSystemException failure ? failure.getReason() : e.getMessage();
        return reason == null ? e.toString() : reason.substring(0, 1).toLowerCase(Locale.ROOT) + reason.substring(1);
    }
}
