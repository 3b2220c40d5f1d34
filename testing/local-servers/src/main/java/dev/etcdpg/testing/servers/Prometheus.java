package dev.etcdpg.testing.servers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Debian's Prometheus, with a configuration of the caller. */
public final class Prometheus extends LocalServer {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

    private final Path configuration;

    private Prometheus(Builder builder) {
        super(builder);
        this.configuration = builder.configuration;
    }

    /** Returns whether Prometheus is on PATH or can be fetched as a package of Debian. */
    public static boolean isAvailable() {
        return Command.onPath("prometheus") != null || DebianPackages.available();
    }

    /** @param configuration prometheus.yml; paths in it are relative to its folder */
    public static Prometheus started(Path configuration) {
        Prometheus prometheus = new Prometheus(new Builder(configuration));
        prometheus.start();
        return prometheus;
    }

    /**
     * Runs promtool.
     *
     * @return its standard output
     * @throws ServerException with what promtool has found, if the exit status is not 0
     */
    public static String promtool(String... arguments) {
        List<String> command = new ArrayList<>(List.of(program("promtool").toString()));
        command.addAll(List.of(arguments));
        return Command.run(command);
    }

    /** Returns the series that an expression selects now. */
    public JsonNode query(String expression) {
        return get("/api/v1/query?query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8))
                .path("data")
                .path("result");
    }

    /** Returns the names of the alerts that fire. */
    public List<String> firing() {
        List<String> names = new ArrayList<>();
        for (JsonNode alert : get("/api/v1/alerts").path("data").path("alerts")) {
            if (alert.path("state").asText().equals("firing")) {
                names.add(alert.path("labels").path("alertname").asText());
            }
        }
        return names;
    }

    private JsonNode get(String path) {
        try {
            HttpResponse<String> answer = HTTP.send(
                    HttpRequest.newBuilder(URI.create(url() + path))
                            .timeout(Duration.ofSeconds(10))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new ServerException(name() + " answers " + answer.statusCode() + ": " + answer.body());
            }
            return JSON.readTree(answer.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ServerException("interrupted", e);
        }
    }

    private String url() {
        return "http://127.0.0.1:" + port("web");
    }

    @Override
    List<String> command() {
        return List.of(
                program("prometheus").toString(),
                "--config.file=" + configuration.toAbsolutePath(),
                "--storage.tsdb.path=" + data(),
                "--web.listen-address=127.0.0.1:" + port("web"));
    }

    private static Path program(String name) {
        Path installed = Command.onPath(name);
        return installed == null
                ? Folders.cached(Folders.cache(), "prometheus-bookworm", folder -> {
                            ProgressLines.say("Prometheus: fetching Debian's package into " + Folders.cache());
                            DebianPackages.unpack("bookworm", List.of("prometheus"), folder);
                        })
                        .resolve("usr/bin")
                        .resolve(name)
                : installed;
    }

    @Override
    boolean isReady() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url() + "/-/ready"))
                .timeout(Duration.ofSeconds(2))
                .build();
        return HTTP.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
    }

    @Override
    Duration startTimeout() {
        return Duration.ofSeconds(60);
    }

    private static final class Builder extends LocalServer.Builder<Builder> {
        private final Path configuration;

        private Builder(Path configuration) {
            super("prometheus");
            this.configuration = Objects.requireNonNull(configuration);
        }

        @Override
        Builder self() {
            return this;
        }
    }
}
