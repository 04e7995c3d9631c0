package io.sluice.zookeeper;

import java.io.IOException;

/** A folder holds what another ensemble, or a server on its own, has written; the message says what to do. */
public final class ForeignFolderException extends IOException {
    private static final long serialVersionUID = 1L;

    ForeignFolderException(String message) {
        super(message);
    }
}
