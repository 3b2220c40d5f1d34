package dev.etcdpg.etcd.bookkeeping;

import com.fasterxml.jackson.databind.JsonNode;
import dev.etcdpg.core.KeyRange;
import dev.etcdpg.etcd.kv.EtcdBytes;
import dev.etcdpg.etcd.kv.Ranges;

/** Value of a request key: the key range whose snapshot is requested, as JSON {@code {"after": "…", "through": "…"}}. */
public record RequestValue(KeyRange range) {

    private record Fields(String after, String through) {}

    /** Parses a value. Any other content requests all keys, because a snapshot of all keys answers every request. */
    public static RequestValue parse(byte[] value) {
        KeyRange range = Json.tree(value).map(RequestValue::range).orElse(KeyRange.ALL);
        return new RequestValue(Ranges.isEmpty(range) ? KeyRange.ALL : range);
    }

    public EtcdBytes write() {
        return Json.write(new Fields(range.after(), range.through()));
    }

    private static KeyRange range(JsonNode json) {
        return new KeyRange(json.path("after").asText(""), json.path("through").asText(""));
    }
}
