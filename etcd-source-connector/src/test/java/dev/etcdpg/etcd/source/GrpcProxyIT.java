package dev.etcdpg.etcd.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.etcdpg.testing.kit.TestEtcdClient;
import dev.etcdpg.testing.servers.Etcd;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** etcd's own gRPC proxy drops the progress requests of watches. The source refuses the proxy. */
class GrpcProxyIT {

    private Etcd etcd;
    private TestEtcdClient client;
    private Process proxy;
    private int port;

    @BeforeEach
    void start() throws Exception {
        etcd = Etcd.started();
        client = new TestEtcdClient(etcd.endpoint());
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        proxy = new ProcessBuilder(etcd.grpcProxyCommand(port))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        for (int i = 0; i < 200 && !listens(); i++) {
            Thread.sleep(50);
        }
    }

    private boolean listens() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    @AfterEach
    void stop() {
        proxy.destroyForcibly();
        client.close();
        etcd.close();
    }

    private Map<String, String> config() {
        return Map.of(
                "name",
                "source",
                "etcd.endpoints",
                "http://127.0.0.1:" + port,
                "etcd.prefix",
                "/app/",
                "watch.timeout.ms",
                "2000",
                "heartbeat.interval.ms",
                "500");
    }

    @Test
    void theProxyIsRefusedAtValidation() {
        List<ConfigValue> refused = new EtcdSourceConnector()
                .validate(config()).configValues().stream()
                        .filter(value -> !value.errorMessages().isEmpty())
                        .toList();
        assertThat(refused).singleElement().satisfies(value -> {
            assertThat(value.name()).isEqualTo("etcd.endpoints");
            assertThat(value.errorMessages())
                    .anySatisfy(message ->
                            assertThat(message).contains("progress requests").contains("grpc-proxy"));
        });
    }

    @Test
    void aTaskBehindTheProxyFailsInsteadOfWaiting() {
        client.put("/app/a", "1");
        try (RunningTask task = new RunningTask(config())) {
            assertThatThrownBy(() -> task.until(Duration.ofSeconds(40), t -> {
                        client.put("/app/a", "2");
                        return false;
                    }))
                    .isInstanceOf(ConnectException.class)
                    .hasMessageContaining("progress requests")
                    .hasMessageContaining("grpc-proxy");
        }
    }
}
