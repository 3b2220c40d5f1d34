package dev.etcdpg.testing.stack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;

/** Operations on up to 128 different keys in one atomic transaction. */
public final class EtcdHttpTransaction {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final EtcdHttpClient client;
    private final ObjectNode body = JSON.createObjectNode();
    private final ArrayNode compare = body.putArray("compare");
    private final ArrayNode success = body.putArray("success");

    EtcdHttpTransaction(EtcdHttpClient client) {
        this.client = client;
    }

    /** Makes the transaction fail unless the key has this value. */
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
     * @return the revision, or 0 if a comparison failed
     * @throws IOException on failure; etcd can have committed the transaction
     */
    public long commit() throws IOException {
        JsonNode response = client.call("kv/txn", body);
        return response.path("succeeded").asBoolean() ? EtcdHttpClient.revision(response) : 0;
    }
}
