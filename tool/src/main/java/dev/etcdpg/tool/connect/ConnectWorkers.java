package dev.etcdpg.tool.connect;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.github.resilience4j.core.IntervalFunction;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A client of Connect's REST API. Kafka publishes none. Each call throws {@link ClusterException} if the worker cannot be reached, or refuses
 * the request. A request is repeated for a minute while the workers rebalance (status 409).
 */
public final class ConnectWorkers {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final TypeReference<Map<String, String>> SETTINGS = new TypeReference<>() {};
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    /** Longer than the limit of Connect for its own requests, 90 s. */
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(100);

    private static final int NOT_FOUND = 404;
    private static final int REBALANCING = 409;
    private static final Duration REBALANCE_PAUSE = Duration.ofSeconds(1);
    private static final int REBALANCE_ATTEMPTS = 60;

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(CONNECT_TIMEOUT).build();
    private final String url;
    private final @Nullable String authorization;
    private final Retry whileRebalancing;

    /**
     * @param url of a worker, like {@code http://connect:8083}
     * @param user of basic authentication; null for none
     */
    public ConnectWorkers(String url, @Nullable String user, @Nullable String password) {
        this.url = url.replaceFirst("/+$", "");
        this.authorization = user == null ? null : basic(user, password == null ? "" : password);
        this.whileRebalancing = Retry.of(
                "Connect",
                RetryConfig.<HttpResponse<String>>custom()
                        .maxAttempts(REBALANCE_ATTEMPTS)
                        .intervalFunction(IntervalFunction.of(REBALANCE_PAUSE))
                        .retryOnResult(response -> response.statusCode() == REBALANCING)
                        .retryOnException(e -> false)
                        .build());
    }

    private static String basic(String user, String password) {
        return "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    }

    public String url() {
        return url;
    }

    /** Returns version and Kafka cluster of the worker. */
    public Worker worker() {
        JsonNode root = get("/");
        return new Worker(
                root.path("version").asText(), root.path("kafka_cluster_id").asText());
    }

    /**
     * A worker.
     *
     * @param version of Kafka Connect
     * @param kafkaClusterId id of the Kafka cluster
     */
    public record Worker(String version, String kafkaClusterId) {}

    /** Returns the classes of the connectors that the worker can run. */
    public Set<String> connectorClasses() {
        Set<String> classes = new TreeSet<>();
        get("/connector-plugins")
                .forEach(plugin -> classes.add(plugin.path("class").asText()));
        return classes;
    }

    /** Returns the names of all connectors. */
    public List<String> connectors() {
        List<String> names = new ArrayList<>();
        get("/connectors").forEach(name -> names.add(name.asText()));
        return names;
    }

    /** Returns the configuration of a connector as it was created: references to config providers are not resolved. */
    public Optional<Map<String, String>> config(String connector) {
        JsonNode answer = find("/connectors/" + encode(connector) + "/config");
        return answer.isMissingNode() ? Optional.empty() : Optional.of(JSON.convertValue(answer, SETTINGS));
    }

    /** Returns the states of a connector and its tasks; empty if there is no such connector, or its status is not known yet. */
    public Optional<ConnectorStatus> status(String connector) {
        JsonNode answer = find("/connectors/" + encode(connector) + "/status");
        return answer.isMissingNode() ? Optional.empty() : Optional.of(ConnectorStatus.parse(answer));
    }

    /**
     * Asks a worker to check a configuration. The worker resolves references, connects to the stores, and checks rights, versions and topics.
     *
     * @return sentences by setting; empty if the configuration is sound
     */
    public Map<String, List<String>> validate(String connector, Map<String, String> config) {
        Map<String, String> named = new TreeMap<>(config);
        named.put("name", connector);
        String type = encode(String.valueOf(config.get("connector.class")));
        return ValidationAnswer.parse(send("PUT", "/connector-plugins/" + type + "/config/validate", named));
    }

    /** Creates a connector, or changes its configuration. */
    public void put(String connector, Map<String, String> config) {
        send("PUT", "/connectors/" + encode(connector) + "/config", config);
    }

    /** Removes a connector. Its offsets and topics stay. */
    public void delete(String connector) {
        send("DELETE", "/connectors/" + encode(connector), null);
    }

    private JsonNode get(String path) {
        return send("GET", path, null);
    }

    private JsonNode find(String path) {
        HttpResponse<String> response = exchange("GET", path, null);
        return response.statusCode() == NOT_FOUND ? MissingNode.getInstance() : body("GET", path, response);
    }

    private JsonNode send(String method, String path, @Nullable Object body) {
        return body(method, path, exchange(method, path, body));
    }

    private JsonNode body(String method, String path, HttpResponse<String> response) {
        if (response.statusCode() / 100 != 2) {
            throw new ClusterException(refusal(method, path, response));
        }
        try {
            return response.body().isEmpty() ? MissingNode.getInstance() : JSON.readTree(response.body());
        } catch (JsonProcessingException e) {
            throw new ClusterException(
                    url + path + " does not answer with JSON. Is " + url + " the REST API of a Connect worker?", e);
        }
    }

    private String refusal(String method, String path, HttpResponse<String> response) {
        String message;
        try {
            message = JSON.readTree(response.body()).path("message").asText(response.body());
        } catch (JsonProcessingException e) {
            message = response.body();
        }
        return method + " " + url + path + " has failed with status " + response.statusCode() + ": " + message;
    }

    private HttpResponse<String> exchange(String method, String path, @Nullable Object body) {
        return whileRebalancing.executeSupplier(() -> once(method, path, body));
    }

    private HttpResponse<String> once(String method, String path, @Nullable Object body) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(url + path)).timeout(REQUEST_TIMEOUT);
        if (authorization != null) {
            request.header("Authorization", authorization);
        }
        if (body == null) {
            request.method(method, HttpRequest.BodyPublishers.noBody());
        } else {
            request.header("Content-Type", "application/json")
                    .method(method, HttpRequest.BodyPublishers.ofString(json(body)));
        }
        try {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (ConnectException e) {
            throw new ClusterException("No Connect worker can be reached at " + url + ".", e);
        } catch (IOException e) {
            throw new ClusterException("The Connect worker at " + url + " does not answer: " + e + ".", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClusterException("Interrupted while waiting for the Connect worker at " + url + ".", e);
        }
    }

    private static String json(Object body) {
        try {
            return JSON.writeValueAsString(body);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String encode(String segment) {
        return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
