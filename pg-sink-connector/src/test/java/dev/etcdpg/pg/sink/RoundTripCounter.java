package dev.etcdpg.pg.sink;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A relay in front of PostgreSQL that counts round trips: the driver sends something and waits for ReadyForQuery. The one that answers BEGIN
 * is not counted: the driver sends BEGIN together with the first statement. Connections must not be encrypted.
 */
final class RoundTripCounter implements AutoCloseable {

    private static final int READY_FOR_QUERY = 'Z';
    private static final int COMMAND_COMPLETE = 'C';

    private final ServerSocket listener;
    private final int serverPort;
    private final AtomicInteger trips = new AtomicInteger();

    RoundTripCounter(int serverPort) {
        this.serverPort = serverPort;
        try {
            listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    /** Returns the number of round trips since the last call. */
    int take() {
        return trips.getAndSet(0);
    }

    private void accept() throws IOException {
        while (true) {
            Socket client = listener.accept();
            Socket server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            start(() -> forward(client, server));
            start(() -> count(server, client));
        }
    }

    private static void forward(Socket from, Socket to) throws IOException {
        try (from;
                to;
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            in.transferTo(out);
        }
    }

    private void count(Socket from, Socket to) throws IOException {
        try (from;
                to;
                DataInputStream in = new DataInputStream(new BufferedInputStream(from.getInputStream()));
                DataOutputStream out = new DataOutputStream(new BufferedOutputStream(to.getOutputStream()))) {
            boolean begin = false;
            while (true) {
                int type = in.readUnsignedByte();
                int length = in.readInt();
                byte[] body = in.readNBytes(length - Integer.BYTES);
                if (type == COMMAND_COMPLETE) {
                    begin = new String(body, StandardCharsets.US_ASCII).startsWith("BEGIN");
                } else if (type == READY_FOR_QUERY && !begin) {
                    trips.incrementAndGet(); // before the driver continues
                }
                out.writeByte(type);
                out.writeInt(length);
                out.write(body);
                if (in.available() == 0) {
                    out.flush();
                }
            }
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    /** Ends with the connection. */
    private static void start(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException e) {
                // closed
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
