package io.sluice.zookeeper;

/**
 * A node that runs one server of an ensemble. It takes three ports in a row:
 *
 * <pre>
 *   basePort      the ensemble's leader takes the other servers here
 *   basePort + 1  servers elect their leader
 *   basePort + 2  clients, which are the brokers
 * </pre>
 *
 * @param id the node's number, from 0
 * @param host a name or address by which the other nodes reach it, and to which its ports are bound
 * @param basePort the first of its ports
 */
public record EnsembleMember(int id, String host, int basePort) {
    /** How many ports a member takes. */
    public static final int PORTS = 3;

    int quorumPort() {
        return basePort;
    }

    int electionPort() {
        return basePort + 1;
    }

    public int clientPort() {
        return basePort + 2;
    }

    /** Where clients connect: host:port. */
    public String clientAddress() {
        return address(host, clientPort());
    }

    static String address(String host, int port) {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }

    /** As people write it: id@host:port. */
    @Override
    public String toString() {
        return id + "@" + address(host, basePort);
    }
}
