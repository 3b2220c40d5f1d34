package dev.etcdpg.testing.stack;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import dev.etcdpg.testing.servers.Connect;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ExamplePosterTest {
    private static final String REFUSAL = "{\"error_code\": 400, \"message\": \"etcd does not answer within 5000 ms\"}";

    private final List<String> requests = new ArrayList<>();
    private HttpServer worker;

    /** Starts a worker that refuses the first configuration. */
    @BeforeEach
    void startWorker() throws IOException {
        worker = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        worker.createContext("/connectors", exchange -> {
            boolean isPost = exchange.getRequestMethod().equals("POST");
            if (isPost) {
                requests.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            }
            boolean isRefused = isPost && requests.size() == 1;
            byte[] answer = (isRefused ? REFUSAL : isPost ? "{}" : "[]").getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(isRefused ? 400 : 200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        worker.start();
    }

    @AfterEach
    void stopWorker() {
        worker.stop(0);
    }

    @Test
    void aRefusedConfigurationIsPostedAgain() throws IOException {
        List<String> progress = new ArrayList<>();
        JsonNode example = new ObjectMapper().readTree("{\"name\": \"etcd-source\", \"config\": {}}");

        new ExamplePoster(new Connect("http://127.0.0.1:" + worker.getAddress().getPort()), progress::add)
                .post("etcd-source", example);

        assertThat(requests).containsExactly(example.toString(), example.toString());
        assertThat(progress).anyMatch(line -> line.contains("etcd does not answer within 5000 ms"));
    }
}
