package io.sluice.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;

/** Ports for a cluster on this machine, below those that the system hands out to whoever connects. */
final class FreePorts {
    private static final int FIRST = 20_000;
    private static final int END = 32_000;

    private FreePorts() {}

    /** A base port of which all that so many nodes take is free: one for clients each, and three from 100 on. */
    static int base(int nodes) {
        while (true) {
            int base = ThreadLocalRandom.current().nextInt(FIRST, END);
            if (IntStream.concat(IntStream.range(0, nodes), IntStream.range(100, 100 + 3 * nodes + 3))
                    .allMatch(offset -> isFree(base + offset))) {
                return base;
            }
        }
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getByName("127.0.0.1"))) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }
}
