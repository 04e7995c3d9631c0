package io.sluice.cluster;

/**
 * One address under which a broker can be reached.
 *
 * @param listener the listener's name, such as PLAINTEXT or INTERNAL
 * @param securityProtocol PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL
 * @param host the advertised host
 * @param port the advertised port
 */
public record Endpoint(String listener, String securityProtocol, String host, int port) {}
