package io.sluice.log;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.Locale;

/** Tells apart the errors of the operating system, which Java passes on as text only. */
final class IoErrors {
    private IoErrors() {}

    /** ENOSPC or EDQUOT. */
    static boolean diskFull(IOException e) {
        String text = text(e);
        return text.contains("no space left") || text.contains("quota exceeded");
    }

    /** EMFILE or ENFILE. */
    static boolean tooManyOpenFiles(IOException e) {
        return text(e).contains("too many open files");
    }

    /** EIO: the disk has a place that it cannot read. */
    static boolean unreadable(IOException e) {
        return text(e).contains("input/output error");
    }

    /** Whether nothing is known to be lost, and the same may succeed later. */
    static boolean passing(IOException e) {
        return diskFull(e) || tooManyOpenFiles(e);
    }

    private static String text(IOException e) {
        String text = e instanceof FileSystemException f && f.getReason() != null ? f.getReason() : e.getMessage();
        return text == null ? "" : text.toLowerCase(Locale.ROOT);
    }
}
