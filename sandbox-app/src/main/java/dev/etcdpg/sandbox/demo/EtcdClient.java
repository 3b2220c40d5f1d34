package dev.etcdpg.sandbox.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/** As much of an etcd client as the demo needs, over etcd's JSON gateway. */
final class EtcdClient {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final int PAGE = 5_000;

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    private final String endpoint;

    EtcdClient(String endpoint) {
        this.endpoint = endpoint;
    }

    /** Puts the value and gives the revision. */
    long put(String key, String value) throws IOException {
        return put(key, value.getBytes(StandardCharsets.UTF_8));
    }

    long put(String key, byte[] value) throws IOException {
        return revision(
                call("kv/put", JSON.createObjectNode().put("key", encode(key)).put("value", encode(value))));
    }

    /** Puts all, at most 128, in one transaction. */
    void putAll(Map<String, String> values) throws IOException {
        ObjectNode transaction = JSON.createObjectNode();
        ArrayNode success = transaction.putArray("success");
        values.forEach((key, value) -> success.addObject()
                .putObject("requestPut")
                .put("key", encode(key))
                .put("value", encode(value.getBytes(StandardCharsets.UTF_8))));
        call("kv/txn", transaction);
    }

    void delete(String key) throws IOException {
        call("kv/deleterange", JSON.createObjectNode().put("key", encode(key)));
    }

    /** The key's entry, or null. */
    Entry get(String key) throws IOException {
        return get(key, 0);
    }

    /** The key's entry as it was at that revision (0 = now), or null. */
    Entry get(String key, long revision) throws IOException {
        JsonNode found =
                call("kv/range", JSON.createObjectNode().put("key", encode(key)).put("revision", revision));
        return found.path("kvs").isEmpty() ? null : entry(found.path("kvs").get(0));
    }

    /** All entries whose key begins with {@code prefix}, of one revision. */
    Map<String, Entry> all(String prefix) throws IOException {
        Map<String, Entry> all = new LinkedHashMap<>();
        byte[] end = prefix.getBytes(StandardCharsets.UTF_8);
        end[end.length - 1]++;
        String from = encode(prefix);
        long revision = 0;
        while (true) {
            JsonNode page = call(
                    "kv/range",
                    JSON.createObjectNode()
                            .put("key", from)
                            .put("range_end", encode(end))
                            .put("limit", PAGE)
                            .put("revision", revision));
            page.path("kvs").forEach(kv -> all.put(entry(kv).key(), entry(kv)));
            if (!page.path("more").asBoolean()) {
                return all;
            }
            revision = revision(page);
            JsonNode last = page.path("kvs").get(page.path("kvs").size() - 1);
            from = encode(text(last, "key") + "\0");
        }
    }

    private static Entry entry(JsonNode kv) {
        return new Entry(
                text(kv, "key"),
                text(kv, "value"),
                kv.path("create_revision").asLong(),
                kv.path("mod_revision").asLong(),
                kv.path("version").asLong(),
                kv.path("lease").asLong());
    }

    private static long revision(JsonNode response) {
        return response.path("header").path("revision").asLong();
    }

    private JsonNode call(String what, JsonNode body) throws IOException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(endpoint + "/v3/" + what))
                .timeout(TIMEOUT)
                .POST(HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)))
                .build();
        try {
            HttpResponse<byte[]> response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
            if (response.statusCode() != 200) {
                throw new IOException("etcd answered " + response.statusCode());
            }
            return JSON.readTree(response.body());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for etcd");
        }
    }

    private static String text(JsonNode kv, String field) {
        return new String(Base64.getDecoder().decode(kv.path(field).asText()), StandardCharsets.UTF_8);
    }

    private static String encode(String text) {
        return encode(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String encode(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
