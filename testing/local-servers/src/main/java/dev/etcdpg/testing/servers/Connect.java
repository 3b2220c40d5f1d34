package dev.etcdpg.testing.servers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A client of Connect's REST API. Kafka publishes none. Each call throws {@link ServerException} with the worker's answer when the
 * status is not 2xx. A call repeats for 60 s while the workers rebalance (status 409).
 */
public final class Connect {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private static final Duration REQUEST = Duration.ofSeconds(90);
    private static final Duration REBALANCE = Duration.ofSeconds(60);
    private static final int CONFLICT = 409;

    private final String url;
    private final Duration patience;
    private final Duration rebalance;

    /** @param url the worker's URL, like {@code http://127.0.0.1:8083} */
    public Connect(String url) {
        this(url, REQUEST, REBALANCE);
    }

    private Connect(String url, Duration request, Duration rebalance) {
        this.url = url;
        this.patience = request;
        this.rebalance = rebalance;
    }

    /** Returns a client that waits at most {@code patience} for each answer, and for the end of a rebalance. */
    public Connect impatient(Duration patience) {
        return new Connect(url, patience, patience);
    }

    public String url() {
        return url;
    }

    /** Returns the names of all connectors. */
    public List<String> connectors() {
        List<String> names = new ArrayList<>();
        call("GET", "/connectors", null).forEach(name -> names.add(name.asText()));
        return names;
    }

    /** Creates the connector or changes its configuration. */
    public JsonNode put(String name, Map<String, String> config) {
        return call("PUT", "/connectors/" + encode(name) + "/config", JSON.valueToTree(config));
    }

    /** Creates a connector from an object with {@code name} and {@code config}, as users post it. */
    public JsonNode post(JsonNode nameAndConfig) {
        return call("POST", "/connectors", nameAndConfig);
    }

    public JsonNode status(String name) {
        return call("GET", "/connectors/" + encode(name) + "/status", null);
    }

    public JsonNode config(String name) {
        return call("GET", "/connectors/" + encode(name) + "/config", null);
    }

    /** Waits until the connector and all its tasks, at least one, are RUNNING. Throws at once when one of them is FAILED. */
    public void waitRunning(String name, Duration atMost) {
        JsonNode[] last = {MissingNode.getInstance()};
        Wait.until(
                atMost,
                () -> {
                    last[0] = statusOrMissing(name);
                    String failure = failure(last[0]);
                    if (failure != null) {
                        throw new ServerException("connector " + name + " failed: " + failure);
                    }
                    return isRunning(last[0]);
                },
                () -> new ServerException("connector " + name + " is not RUNNING after " + atMost.toSeconds()
                        + " s, its status is " + last[0]));
    }

    /** Whether the connector and all its tasks, at least one, are RUNNING. */
    public boolean isRunning(String name) {
        return isRunning(statusOrMissing(name));
    }

    /** Returns the trace of the connector or task that has FAILED, or null. */
    public String failure(String name) {
        return failure(statusOrMissing(name));
    }

    public void delete(String name) {
        call("DELETE", "/connectors/" + encode(name), null);
    }

    /** Restarts the connector and all its tasks. */
    public void restart(String name) {
        call("POST", "/connectors/" + encode(name) + "/restart?includeTasks=true", null);
    }

    /** Restarts one task. */
    public void restartTask(String name, int task) {
        call("POST", "/connectors/" + encode(name) + "/tasks/" + task + "/restart", null);
    }

    public void pause(String name) {
        call("PUT", "/connectors/" + encode(name) + "/pause", null);
    }

    public void resume(String name) {
        call("PUT", "/connectors/" + encode(name) + "/resume", null);
    }

    /** Stops the connector, so that its offsets can be altered. */
    public void stop(String name) {
        call("PUT", "/connectors/" + encode(name) + "/stop", null);
    }

    /** Validates a configuration, which must contain connector.class, and returns the worker's answer with its count of errors. */
    public JsonNode validate(Map<String, String> config) {
        String type = config.get("connector.class");
        return call("PUT", "/connector-plugins/" + type + "/config/validate", JSON.valueToTree(config));
    }

    /** Returns information, configuration and status of all connectors. */
    public JsonNode everything() {
        return call("GET", "/connectors?expand=info&expand=status", null);
    }

    /** Sets the level of a logger and of the loggers below it on this worker. */
    public void logLevel(String logger, String level) {
        call("PUT", "/admin/loggers/" + logger, JSON.createObjectNode().put("level", level));
    }

    /** Returns all plugins that the worker found, with transforms and converters. */
    public JsonNode plugins() {
        return call("GET", "/connector-plugins?connectorsOnly=false", null);
    }

    public JsonNode offsets(String name) {
        return call("GET", "/connectors/" + encode(name) + "/offsets", null);
    }

    /** Changes the offsets of a stopped connector. {@code body} has the form of the REST API. */
    public JsonNode alterOffsets(String name, JsonNode body) {
        return call("PATCH", "/connectors/" + encode(name) + "/offsets", body);
    }

    public JsonNode deleteOffsets(String name) {
        return call("DELETE", "/connectors/" + encode(name) + "/offsets", null);
    }

    /** Whether the worker has joined its group and serves requests. */
    boolean isReady() {
        try {
            HttpResponse<String> response = send("GET", "/connectors", null);
            return response.statusCode() == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    private JsonNode statusOrMissing(String name) {
        try {
            HttpResponse<String> response = send("GET", "/connectors/" + encode(name) + "/status", null);
            return response.statusCode() == 200 ? JSON.readTree(response.body()) : MissingNode.getInstance();
        } catch (IOException unreachable) {
            return MissingNode.getInstance();
        }
    }

    private static boolean isRunning(JsonNode status) {
        if (!status.path("connector").path("state").asText().equals("RUNNING")
                || status.path("tasks").isEmpty()) {
            return false;
        }
        for (JsonNode task : status.path("tasks")) {
            if (!task.path("state").asText().equals("RUNNING")) {
                return false;
            }
        }
        return true;
    }

    private static String failure(JsonNode status) {
        List<JsonNode> parts = new ArrayList<>(List.of(status.path("connector")));
        status.path("tasks").forEach(parts::add);
        for (JsonNode part : parts) {
            if (part.path("state").asText().equals("FAILED")) {
                return part.path("trace").asText("(no trace)");
            }
        }
        return null;
    }

    private JsonNode call(String method, String path, JsonNode body) {
        HttpResponse<?>[] last = new HttpResponse<?>[1];
        String[] text = new String[1];
        Wait.until(
                rebalance,
                () -> {
                    try {
                        HttpResponse<String> response = send(method, path, body);
                        last[0] = response;
                        text[0] = response.body();
                        return !isRebalancing(response);
                    } catch (IOException e) {
                        throw new ServerException(method + " " + url + path + ": " + e, e);
                    }
                },
                () -> new ServerException(method + " " + url + path + " is refused while the workers rebalance"));
        if (last[0].statusCode() / 100 != 2) {
            throw new ServerException(method + " " + url + path + " answered " + last[0].statusCode() + ": " + text[0]);
        }
        try {
            return text[0] == null || text[0].isEmpty() ? MissingNode.getInstance() : JSON.readTree(text[0]);
        } catch (IOException e) {
            throw new ServerException(method + " " + url + path + " did not answer with JSON", e);
        }
    }

    /** Some calls answer 500 with a text instead of 409. */
    private static boolean isRebalancing(HttpResponse<String> response) {
        return response.statusCode() == CONFLICT
                || (response.statusCode() == 500 && response.body().contains("a rebalance is expected"));
    }

    private HttpResponse<String> send(String method, String path, JsonNode body) throws IOException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + path))
                .timeout(patience)
                .header("Content-Type", "application/json")
                .method(
                        method,
                        body == null
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body.toString()))
                .build();
        try {
            return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ServerException("interrupted while calling " + url + path, e);
        }
    }

    private static String encode(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
