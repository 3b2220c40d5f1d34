package dev.etcdpg.testing.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class FaultProxyTest {

    @AutoClose
    private final ServerSocket echo = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());

    @AutoClose
    private final FaultProxy proxy = FaultProxy.to(echo.getLocalPort());

    FaultProxyTest() throws IOException {
        Thread server = new Thread(this::serve);
        server.setDaemon(true);
        server.start();
    }

    private void serve() {
        while (true) {
            try {
                Socket socket = echo.accept();
                Thread thread = new Thread(() -> {
                    try (socket) {
                        socket.getInputStream().transferTo(socket.getOutputStream());
                    } catch (IOException gone) {
                        // the test cut it
                    }
                });
                thread.setDaemon(true);
                thread.start();
            } catch (IOException closed) {
                return;
            }
        }
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
        socket.setSoTimeout(10_000);
        return socket;
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static String receive(Socket socket, int bytes) throws IOException {
        return new String(socket.getInputStream().readNBytes(bytes), StandardCharsets.US_ASCII);
    }

    @Test
    void forwardsBothWaysAndTheEnd() throws IOException {
        try (Socket client = connect()) {
            send(client, "hello");
            client.shutdownOutput();

            assertThat(receive(client, 100)).isEqualTo("hello");
        }
        await().until(() -> proxy.open() == 0);
        assertThat(proxy.accepted()).isEqualTo(1);
    }

    @Test
    void cutsEveryConnectionNow() throws IOException {
        try (Socket client = connect()) {
            send(client, "a");
            assertThat(receive(client, 1)).isEqualTo("a");

            proxy.cut();

            assertThatThrownBy(() -> client.getInputStream().read()).hasMessageContaining("reset");
            assertThat(proxy.open()).isZero();
        }
        try (Socket again = connect()) {
            send(again, "b");
            assertThat(receive(again, 1)).isEqualTo("b");
        }
    }

    @Test
    void cutsAfterExactlySoManyBytesFromTheServer() throws IOException {
        proxy.cutAfter(3);
        try (Socket client = connect()) {
            send(client, "hello");
            client.shutdownOutput();

            assertThat(receive(client, 100)).isEqualTo("hel");
        }
    }

    @Test
    void swallowsWithoutAWordAndDeliversAfterwards() throws IOException {
        try (Socket client = connect()) {
            send(client, "a");
            assertThat(receive(client, 1)).isEqualTo("a");

            proxy.swallow();
            send(client, "b");
            client.setSoTimeout(300);
            assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
            try (Socket beside = connect()) {
                beside.setSoTimeout(300);
                send(beside, "c");
                assertThatThrownBy(() -> beside.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);

                proxy.heal();

                client.setSoTimeout(10_000);
                assertThat(receive(client, 1)).isEqualTo("b");
                beside.setSoTimeout(10_000);
                assertThat(receive(beside, 1)).isEqualTo("c");
            }
        }
    }

    @RepeatedTest(20)
    void refusesAtOnce() {
        proxy.refuse();

        assertThatThrownBy(this::connect).hasMessageContaining("refused");
    }

    @Test
    void refusesNewConnectionsOnly() throws IOException {
        try (Socket client = connect()) {
            send(client, "a");
            assertThat(receive(client, 1)).isEqualTo("a");

            proxy.refuse();
            assertThatThrownBy(this::connect).hasMessageContaining("refused");
            send(client, "b");
            assertThat(receive(client, 1)).isEqualTo("b");

            proxy.heal();
            try (Socket again = connect()) {
                send(again, "c");
                assertThat(receive(again, 1)).isEqualTo("c");
            }
        }
    }
}
