package io.sluice.server;

import java.util.ArrayDeque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What has been started, to be closed in reverse order. One failure does not keep the rest open. */
final class Shutdown {
    private static final Logger log = LoggerFactory.getLogger(Shutdown.class);

    private final ArrayDeque<AutoCloseable> owned = new ArrayDeque<>();

    <T extends AutoCloseable> T own(T part) {
        owned.push(part);
        return part;
    }

    void run() {
        for (AutoCloseable part = owned.poll(); part != null; part = owned.poll()) {
            try {
                part.close();
            } catch (Exception e) {
                log.warn("{} did not close cleanly", part.getClass().getSimpleName(), e);
            }
        }
    }
}
