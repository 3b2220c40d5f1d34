package dev.etcdpg.testing.servers;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A TCP proxy on loopback with the faults of a network. It cuts connections at once or after a number of bytes, refuses connections, or
 * stops forwarding without notice. The port stays the same for the lifetime of the proxy. Thread-safe.
 *
 * <p>This class exists beside Toxiproxy for two reasons. It runs in the JVM of the tests and of the sandbox, without another server to
 * install. And {@link #swallow()} hides the end of a connection too, as a network that drops packets does: the connectors' detection of
 * silent streams is tested with that fault.
 *
 * <pre>{@code
 * try (FaultProxy proxy = FaultProxy.to(etcd.clientPort())) {
 *     client("http://127.0.0.1:" + proxy.port());
 *     proxy.swallow();
 *     proxy.heal();
 * }
 * }</pre>
 */
public final class FaultProxy implements AutoCloseable {
    /** No limit of bytes. */
    public static final long UNLIMITED = Long.MAX_VALUE;

    private static final int BUFFER = 64 * 1024;

    private final int target;
    private final int port = Ports.free();
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private final AtomicLong accepted = new AtomicLong();
    private final Object gate = new Object();
    private boolean swallowing;
    private boolean closed;
    private volatile long limit = UNLIMITED;
    private ServerSocket listener;
    private Thread accepting;

    private FaultProxy(int target) {
        this.target = target;
    }

    /** Starts a proxy that forwards to the port {@code target} of 127.0.0.1. */
    public static FaultProxy to(int target) {
        FaultProxy proxy = new FaultProxy(target);
        proxy.listen();
        return proxy;
    }

    public int port() {
        return port;
    }

    /** The number of connections accepted so far. */
    public long accepted() {
        return accepted.get();
    }

    /** The number of open connections. */
    public int open() {
        return links.size();
    }

    /** Resets all connections (RST). The proxy accepts new ones. */
    public void cut() {
        List.copyOf(links).forEach(Link::reset);
    }

    /**
     * Closes each later connection after the client has received {@code bytes} bytes from the server.
     *
     * @param bytes at least 0, or {@link #UNLIMITED}
     */
    public void cutAfter(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("bytes must not be negative: " + bytes);
        }
        limit = bytes;
    }

    /**
     * Stops forwarding in both directions. The proxy accepts connections and forwards neither their bytes nor their ends. The bytes
     * arrive after {@link #heal()}, as in a network that lost packets for a while.
     */
    public void swallow() {
        synchronized (gate) {
            swallowing = true;
        }
    }

    /** Refuses new connections. Open connections continue. */
    public void refuse() {
        synchronized (gate) {
            if (listener != null) {
                closeQuietly(listener);
                listener = null;
                awaitEnd(accepting);
            }
        }
    }

    /** The kernel listens as long as a thread is in accept, even on a closed socket. */
    private static void awaitEnd(Thread accepting) {
        try {
            accepting.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Forwards and accepts again, and removes the limit of {@link #cutAfter}. */
    public void heal() {
        limit = UNLIMITED;
        synchronized (gate) {
            swallowing = false;
            gate.notifyAll();
        }
        listen();
    }

    /** Cuts all connections and frees the port. */
    @Override
    public void close() {
        synchronized (gate) {
            closed = true;
            gate.notifyAll();
        }
        refuse();
        cut();
    }

    private void listen() {
        synchronized (gate) {
            if (listener != null || closed) {
                return;
            }
            try {
                ServerSocket socket = new ServerSocket();
                socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                listener = socket;
                accepting = daemon("accept", () -> accept(socket));
            } catch (IOException e) {
                throw new UncheckedIOException("cannot listen on port " + port, e);
            }
        }
    }

    private void accept(ServerSocket socket) {
        while (true) {
            try {
                Link link = new Link(socket.accept(), limit);
                accepted.incrementAndGet();
                links.add(link);
                daemon("link", link::connect);
            } catch (IOException refusing) {
                return;
            }
        }
    }

    /** Waits while traffic is swallowed. */
    private void passGate() throws InterruptedException {
        synchronized (gate) {
            while (swallowing && !closed) {
                gate.wait();
            }
        }
    }

    private Thread daemon(String what, Runnable task) {
        Thread thread = new Thread(task, "fault-proxy-" + port + "-" + what);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static void closeQuietly(AutoCloseable socket) {
        if (socket != null) {
            try {
                socket.close();
            } catch (Exception alreadyGone) {
                // the socket is closed
            }
        }
    }

    @FunctionalInterface
    private interface Transfer {
        void run() throws IOException, InterruptedException;
    }

    /** A connection of a client and the connection to the server that belongs to it. */
    private final class Link {
        private final Socket client;
        private final Socket server = new Socket();
        private final long bytes;

        Link(Socket client, long bytes) {
            this.client = client;
            this.bytes = bytes;
        }

        void connect() {
            orClose(() -> {
                passGate();
                client.setTcpNoDelay(true);
                server.setTcpNoDelay(true);
                server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target));
                daemon("up", () -> orClose(() -> forward(client, server, UNLIMITED)));
                forward(server, client, bytes);
            });
        }

        private void forward(Socket from, Socket to, long atMost) throws IOException, InterruptedException {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[BUFFER];
            long left = atMost;
            while (left > 0) {
                int read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
                passGate();
                if (read < 0) {
                    to.shutdownOutput();
                    return;
                }
                out.write(buffer, 0, read);
                left -= read;
            }
            close();
        }

        private void orClose(Transfer transfer) {
            try {
                transfer.run();
            } catch (IOException oneEndIsGone) {
                awaitGate();
                close();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                close();
            }
            if (client.isOutputShutdown() && server.isOutputShutdown()) {
                close();
            }
        }

        /** The other end must not see the failure while traffic is swallowed. */
        private void awaitGate() {
            try {
                passGate();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        void reset() {
            for (Socket socket : List.of(client, server)) {
                try {
                    socket.setSoLinger(true, 0);
                } catch (IOException alreadyGone) {
                    // closed below all the same
                }
            }
            close();
        }

        private void close() {
            links.remove(this);
            closeQuietly(client);
            closeQuietly(server);
        }
    }
}
