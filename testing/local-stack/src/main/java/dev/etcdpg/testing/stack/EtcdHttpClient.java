package dev.etcdpg.testing.stack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
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
import java.util.function.Predicate;

/**
 * An etcd client over etcd's JSON gateway, for the demo and the chaos tests. It shares no code with the connectors, which use jetcd: a run must
 * not check the connectors with the driver under test.
 */
public final class EtcdHttpClient {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final int PAGE = 5_000;
    private static final int OK = 200;
    private static final int UNAUTHORIZED = 401;

    private final HttpClient http;
    private final String endpoint;
    private final EtcdPassword login;
    private volatile String token;

    /** A client without TLS and without a user. */
    public EtcdHttpClient(String endpoint) {
        this(endpoint, plain().build(), null);
    }

    /**
     * A client with TLS.
     *
     * @param identity with authentication on, etcd refuses a certificate with a common name here
     * @param login null for no user
     */
    EtcdHttpClient(String endpoint, PemIdentity identity, EtcdPassword login) {
        this(endpoint, plain().sslContext(identity.context()).build(), login);
    }

    private EtcdHttpClient(String endpoint, HttpClient http, EtcdPassword login) {
        this.endpoint = endpoint;
        this.http = http;
        this.login = login;
    }

    private static HttpClient.Builder plain() {
        return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(Duration.ofSeconds(5));
    }

    /** Fetches a new token. etcd forgets the tokens when it restarts. */
    private void logIn() throws IOException {
        HttpResponse<byte[]> response = sendOnce(
                "auth/authenticate",
                JSON.createObjectNode().put("name", login.user()).put("password", login.password()),
                null);
        token = answer(response).path("token").asText();
    }

    /** Puts a value and returns the revision. */
    public long put(String key, String value) throws IOException {
        return put(key, value.getBytes(StandardCharsets.UTF_8));
    }

    public long put(String key, byte[] value) throws IOException {
        return revision(
                call("kv/put", JSON.createObjectNode().put("key", encode(key)).put("value", encode(value))));
    }

    /** Puts up to 128 values in one transaction. */
    public void putAll(Map<String, String> values) throws IOException {
        EtcdHttpTransaction transaction = transaction();
        values.forEach(transaction::put);
        transaction.commit();
    }

    public void delete(String key) throws IOException {
        call("kv/deleterange", JSON.createObjectNode().put("key", encode(key)));
    }

    /** Begins a transaction. It takes effect with {@link EtcdHttpTransaction#commit()}. */
    public EtcdHttpTransaction transaction() {
        return new EtcdHttpTransaction(this);
    }

    /** Grants a lease and returns its id. */
    public long grant(Duration ttl) throws IOException {
        return call("lease/grant", JSON.createObjectNode().put("TTL", ttl.toSeconds()))
                .path("ID")
                .asLong();
    }

    /** Revokes a lease, which deletes its keys. A missing lease is no error. */
    public void revoke(long lease) throws IOException {
        HttpResponse<byte[]> response =
                send("lease/revoke", JSON.createObjectNode().put("ID", lease));
        if (response.statusCode() != OK && response.statusCode() != 404) {
            throw new IOException("etcd answered " + response.statusCode());
        }
    }

    /**
     * Reads a watch of all keys, whole revisions at a time, until it ends.
     *
     * @param revision the first revision to read
     * @param reader receives each answer of etcd; false ends the watch
     */
    public void watchAll(long revision, Predicate<JsonNode> reader) throws IOException {
        ObjectNode create = JSON.createObjectNode();
        create.putObject("create_request")
                .put("key", encode("\0"))
                .put("range_end", encode("\0"))
                .put("start_revision", revision);
        if (login != null) {
            // etcd would not say that it has forgotten the token: it would end the watch as forbidden
            logIn();
        }
        HttpRequest request = request("watch", create, token).build();
        try (InputStream answers = http.send(request, HttpResponse.BodyHandlers.ofInputStream())
                        .body();
                MappingIterator<JsonNode> each = JSON.readerFor(JsonNode.class).readValues(answers)) {
            while (each.hasNextValue()) {
                if (!reader.test(each.nextValue())) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for etcd");
        }
    }

    /** Returns the revision of the store. */
    public long revision() throws IOException {
        return revision(call("kv/range", JSON.createObjectNode().put("key", encode("\0"))));
    }

    /** Returns the entry of a key, or null. */
    public Entry get(String key) throws IOException {
        return get(key, 0);
    }

    /** Returns the entry of a key at a revision (0: now), or null. */
    public Entry get(String key, long revision) throws IOException {
        JsonNode found =
                call("kv/range", JSON.createObjectNode().put("key", encode(key)).put("revision", revision));
        return found.path("kvs").isEmpty() ? null : entry(found.path("kvs").get(0));
    }

    /** Returns all entries below a prefix, of one revision. */
    public Map<String, Entry> all(String prefix) throws IOException {
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

    static long revision(JsonNode response) {
        return response.path("header").path("revision").asLong();
    }

    JsonNode call(String what, JsonNode body) throws IOException {
        return answer(send(what, body));
    }

    private static JsonNode answer(HttpResponse<byte[]> response) throws IOException {
        if (response.statusCode() != OK) {
            throw new IOException("etcd answered " + response.statusCode() + ": "
                    + new String(response.body(), StandardCharsets.UTF_8));
        }
        return JSON.readTree(response.body());
    }

    private HttpResponse<byte[]> send(String what, JsonNode body) throws IOException {
        if (login == null) {
            return sendOnce(what, body, null);
        }
        if (token == null) {
            logIn();
        }
        HttpResponse<byte[]> response = sendOnce(what, body, token);
        if (response.statusCode() != UNAUTHORIZED) {
            return response;
        }
        // etcd has not executed the request
        logIn();
        return sendOnce(what, body, token);
    }

    private HttpResponse<byte[]> sendOnce(String what, JsonNode body, String authorization) throws IOException {
        try {
            return http.send(
                    request(what, body, authorization).timeout(TIMEOUT).build(),
                    HttpResponse.BodyHandlers.ofByteArray());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for etcd");
        }
    }

    private HttpRequest.Builder request(String what, JsonNode body, String authorization) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(endpoint + "/v3/" + what))
                .POST(HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)));
        return authorization == null ? request : request.header("Authorization", authorization);
    }

    /** Decodes a field of bytes as text. */
    public static String text(JsonNode kv, String field) {
        return new String(Base64.getDecoder().decode(kv.path(field).asText()), StandardCharsets.UTF_8);
    }

    static String encode(String text) {
        return encode(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String encode(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
