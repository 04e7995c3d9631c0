package io.sluice.system.harness;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports on loopback that were free a moment ago. They lie below those that systems give to outgoing connections, one of
 * which might take the port of a broker that is down for a moment.
 */
public final class Ports {
    private static final int FIRST = 10_000;
    /** Where Linux begins with ports of outgoing connections, unless told otherwise. */
    private static final int END = 32_768;

    private static final int ATTEMPTS = 1_000;

    private Ports() {}

    public static int free() {
        return freeRow(1);
    }

    /** The first of {@code count} ports in a row that were all free a moment ago. */
    public static int freeRow(int count) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            int first = ThreadLocalRandom.current().nextInt(FIRST, END - count);
            if (allFree(first, count)) {
                return first;
            }
        }
        throw new IllegalStateException("no " + count + " free ports in a row between " + FIRST + " and " + END);
    }

    private static boolean allFree(int first, int count) {
        for (int port = first; port < first + count; port++) {
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                socket.setReuseAddress(true);
            } catch (IOException | IllegalArgumentException taken) {
                return false;
            }
        }
        return true;
    }
}
