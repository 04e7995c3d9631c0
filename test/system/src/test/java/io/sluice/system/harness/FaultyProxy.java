package io.sluice.system.harness;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A TCP relay on loopback that stands between clients and the broker and spoils things on request: it cuts all
 * connections, or swallows what the broker answers and then cuts, so that a client cannot know what happened. One
 * thread per direction and connection; all daemons; ends with {@link #close}.
 */
public final class FaultyProxy implements AutoCloseable {
    private final ServerSocket server;
    private final int brokerPort;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger answersToSwallow = new AtomicInteger();
    private final AtomicInteger faults = new AtomicInteger();

    private FaultyProxy(ServerSocket server, int brokerPort) {
        this.server = server;
        this.brokerPort = brokerPort;
    }

    /** Listens on {@code port} and relays to {@code brokerPort}. */
    public static FaultyProxy start(int port, int brokerPort) throws IOException {
        FaultyProxy proxy = new FaultyProxy(new ServerSocket(port, 50, InetAddress.getLoopbackAddress()), brokerPort);
        daemon("proxy-accept", proxy::accept);
        return proxy;
    }

    /** Cuts every connection that is open now. */
    public void cutAll() {
        faults.incrementAndGet();
        open.forEach(FaultyProxy::closeQuietly);
    }

    /** The next {@code count} pieces of answers do not arrive: each is dropped and its connection cut. */
    public void swallowAnswers(int count) {
        answersToSwallow.set(count);
    }

    public int port() {
        return server.getLocalPort();
    }

    /** How many connections were cut or answers swallowed. */
    public int faults() {
        return faults.get();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                Socket broker = new Socket(InetAddress.getLoopbackAddress(), brokerPort);
                client.setTcpNoDelay(true);
                broker.setTcpNoDelay(true);
                open.add(client);
                open.add(broker);
                daemon("proxy-ask", () -> relay(client, broker, false));
                daemon("proxy-answer", () -> relay(broker, client, true));
            } catch (IOException brokerAwayOrProxyClosed) {
                Thread.onSpinWait();
            }
        }
    }

    private void relay(Socket from, Socket to, boolean answers) {
        byte[] buffer = new byte[64 * 1024];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                if (answers && answersToSwallow.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                    faults.incrementAndGet();
                    break;
                }
                out.write(buffer, 0, n);
            }
        } catch (IOException cut) {
            // Either side went away: the other follows.
        } finally {
            closeQuietly(from);
            closeQuietly(to);
            open.remove(from);
            open.remove(to);
        }
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException alreadyGone) {
            // Nothing is left to be done for a socket that cannot even be closed.
        }
    }

    private static void daemon(String name, Runnable body) {
        Thread thread = new Thread(body, name);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        server.close();
        open.forEach(FaultyProxy::closeQuietly);
    }
}
