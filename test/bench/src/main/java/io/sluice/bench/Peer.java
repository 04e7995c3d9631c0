package io.sluice.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A broker product that the bench knows how to install into a folder and to start. Stateless; used by one thread. */
interface Peer {
    /** As printed in the tables: {@code Sluice}, {@code Kafka 4.3.1}. */
    String name();

    /**
     * Writes the settings for one broker that keeps its data under {@code folder}, and does whatever the product asks
     * for before a first start (Kafka formats its storage). Not part of any measured time.
     */
    Installation install(Path folder) throws IOException, InterruptedException;

    /** One broker ready to be started, any number of times, on the same data. */
    record Installation(String name, Path folder, int port, List<String> command, Map<String, String> environment) {}
}
