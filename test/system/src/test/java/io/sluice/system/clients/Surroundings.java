package io.sluice.system.clients;

import io.sluice.system.harness.FaultyProxy;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What a scenario is given.
 *
 * @param bootstrap where the broker is
 * @param client the client library's version
 * @param proxy the proxy on the way to the broker, where there is one
 */
public record Surroundings(String bootstrap, ClientVersion client, Optional<FaultyProxy> proxy) {
    private static final AtomicInteger NEXT = new AtomicInteger();

    /** A name for a topic or group that nobody else uses. */
    public String name(String stem) {
        return stem + "-" + client.version().replace('.', '_') + "-" + NEXT.incrementAndGet();
    }
}
