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
 * A TCP proxy on loopback that has the faults of a network: connections cut, now or after so many bytes, refused, or
 * traffic that stops without a word. It listens on one port as long as it lives. Thread-safe.
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

    /** A proxy that forwards to that port of 127.0.0.1. */
    public static FaultProxy to(int target) {
        FaultProxy proxy = new FaultProxy(target);
        proxy.listen();
        return proxy;
    }

    public int port() {
        return port;
    }

    /** Connections accepted until now. */
    public long accepted() {
        return accepted.get();
    }

    /** Connections open now. */
    public int open() {
        return links.size();
    }

    /** Cuts all connections now (RST); new ones are accepted. */
    public void cut() {
        List.copyOf(links).forEach(Link::reset);
    }

    /**
     * Each connection accepted from now on is closed after {@code bytes} bytes from the server, all of which arrive.
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
     * From now on nothing is forwarded, either way, and nobody is told: neither that a connection was closed, nor new
     * ones, which are accepted. What was sent arrives after {@link #heal()}, as in a network that lost packets for a while.
     */
    public void swallow() {
        synchronized (gate) {
            swallowing = true;
        }
    }

    /** Refuses new connections; open ones go on. */
    public void refuse() {
        synchronized (gate) {
            if (listener != null) {
                closeQuietly(listener);
                listener = null;
                awaitEnd(accepting);
            }
        }
    }

    /** As long as a thread is about to accept, the kernel goes on listening, closed or not. */
    private static void awaitEnd(Thread accepting) {
        try {
            accepting.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Forwards everything again, accepts connections, and limits no bytes of new ones. */
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
                // what was to be closed is closed
            }
        }
    }

    @FunctionalInterface
    private interface Transfer {
        void run() throws IOException, InterruptedException;
    }

    /** One connection of a client, and ours to the server. */
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
                afterTheHole();
                close();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                close();
            }
            if (client.isOutputShutdown() && server.isOutputShutdown()) {
                close();
            }
        }

        /** The other end must not learn of it while traffic is swallowed. */
        private void afterTheHole() {
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
