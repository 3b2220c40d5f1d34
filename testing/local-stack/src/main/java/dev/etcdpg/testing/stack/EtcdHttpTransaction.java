package dev.etcdpg.testing.stack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;

/** Operations on at most 128 different keys that etcd does together, or not at all. */
public final class EtcdHttpTransaction {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final EtcdHttpClient client;
    private final ObjectNode body = JSON.createObjectNode();
    private final ArrayNode compare = body.putArray("compare");
    private final ArrayNode success = body.putArray("success");

    EtcdHttpTransaction(EtcdHttpClient client) {
        this.client = client;
    }

    /** Does nothing unless the key has this value. */
    public EtcdHttpTransaction ifValue(String key, String value) {
        compare.addObject()
                .put("key", EtcdHttpClient.encode(key))
                .put("target", "VALUE")
                .put("result", "EQUAL")
                .put("value", EtcdHttpClient.encode(value));
        return this;
    }

    public EtcdHttpTransaction put(String key, String value) {
        return put(key, value, 0);
    }

    public EtcdHttpTransaction put(String key, String value, long lease) {
        success.addObject()
                .putObject("requestPut")
                .put("key", EtcdHttpClient.encode(key))
                .put("value", EtcdHttpClient.encode(value))
                .put("lease", lease);
        return this;
    }

    public EtcdHttpTransaction delete(String key) {
        success.addObject().putObject("requestDeleteRange").put("key", EtcdHttpClient.encode(key));
        return this;
    }

    /**
     * @return its revision, or 0 when a comparison failed
     * @throws IOException also when etcd may have done it
     */
    public long commit() throws IOException {
        JsonNode response = client.call("kv/txn", body);
        return response.path("succeeded").asBoolean() ? EtcdHttpClient.revision(response) : 0;
    }
}
