package io.sluice.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Free loopback ports, below those that Linux gives to outgoing connections: a broker that is down for a moment must
 * not find that some client's connection has taken its port.
 */
final class Ports {
    private static final int LOWEST = 15_000;
    private static final int HIGHEST = 32_000;
    private static final int ATTEMPTS_MAX = 1_000;

    private Ports() {}

    /**
     * The first ports of {@code count} rows of {@code length} ports in sequence, none of which is in another row and on
     * none of which anybody listened a moment ago.
     */
    static int[] rows(int count, int length) throws IOException {
        List<ServerSocket> held = new ArrayList<>();
        int[] first = new int[count];
        try {
            for (int i = 0; i < count; i++) {
                first[i] = takeRow(length, held);
            }
        } finally {
            for (ServerSocket socket : held) {
                socket.close();
            }
        }
        return first;
    }

    private static int takeRow(int length, List<ServerSocket> held) throws IOException {
        for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
            int first = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST - length);
            if (takeAll(first, length, held)) {
                return first;
            }
        }
        throw new BenchException("found no " + length + " free ports in a row between " + LOWEST + " and " + HIGHEST);
    }

    /** Ports of a row that fails half-way stay taken until the caller is done: nobody else needs them. */
    private static boolean takeAll(int first, int length, List<ServerSocket> held) throws IOException {
        for (int port = first; port < first + length; port++) {
            ServerSocket socket = new ServerSocket();
            held.add(socket);
            try {
                socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1);
            } catch (java.net.BindException taken) {
                return false;
            }
        }
        return true;
    }
}
