package io.sluice.zookeeper;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * How a broker shows an ensemble who it is, and the ensemble the broker.
 *
 * @param digest user:password; with it, what the broker writes is its own to read and change. Empty leaves all open
 * @param tls empty for connections in the clear
 */
public record Access(Optional<String> digest, Optional<Tls> tls) {
    /** As an ensemble in a network of its own needs it. */
    public static final Access OPEN = new Access(Optional.empty(), Optional.empty());

    /**
     * @param trustStore whose certificates the servers' are checked against; empty for those that the JVM trusts
     * @param keyStore the broker's own certificate, where the servers want one
     * @param protocol the highest version of TLS
     * @param enabledProtocols empty for {@code protocol} alone
     * @param cipherSuites empty for the JVM's
     * @param verifyHost whether a server's certificate must name its host
     */
    public record Tls(
            Optional<Store> trustStore,
            Optional<Store> keyStore,
            String protocol,
            List<String> enabledProtocols,
            List<String> cipherSuites,
            boolean verifyHost) {
        public Tls {
            enabledProtocols = List.copyOf(enabledProtocols);
            cipherSuites = List.copyOf(cipherSuites);
        }
    }

    /** A file of certificates or keys; its type is JKS, PKCS12 or PEM, by the file's ending unless given. */
    public record Store(Path file, Optional<String> password, Optional<String> type) {
        @Override
        public String toString() {
            return file.toString();
        }
    }

    @Override
    public String toString() {
        return "Access[digest=" + (digest.isPresent() ? "given" : "none") + ", tls=" + tls + "]";
    }
}
