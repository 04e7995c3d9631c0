package io.sluice.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;

/** A broker product that the bench knows how to install into a folder and to start. Stateless; used by one thread. */
interface Peer {
    /** As printed in the tables: {@code Sluice}, {@code Kafka 4.3.1}. */
    String name();

    /**
     * Writes the settings for brokers that form one cluster and keep their data under {@code folder}, and does whatever
     * the product asks for before a first start (Kafka formats its storage). Not part of any measured time.
     *
     * @param brokers one, or as many as are to replicate to one another
     * @return the brokers with the node ids 1, 2, ... in this order
     */
    List<Installation> install(Path folder, int brokers, Detection detection) throws IOException, InterruptedException;

    /** Which broker of a running cluster is its controller: not every product tells its clients the same way. */
    int controller(Admin admin) throws ExecutionException, InterruptedException;

    /** One broker ready to be started, any number of times, on the same data. */
    record Installation(String name, Path folder, int port, List<String> command, Map<String, String> environment) {}
}
