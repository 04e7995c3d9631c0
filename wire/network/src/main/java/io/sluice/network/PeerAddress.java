package io.sluice.network;

/** Where another node listens. The host is a name or an address; it is looked up anew for every connection. */
public record PeerAddress(String host, int port) {
    @Override
    public String toString() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
