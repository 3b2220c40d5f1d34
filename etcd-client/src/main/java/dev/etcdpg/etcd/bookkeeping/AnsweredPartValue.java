package dev.etcdpg.etcd.bookkeeping;

import com.fasterxml.jackson.databind.JsonNode;
import dev.etcdpg.core.KeyRange;
import dev.etcdpg.etcd.kv.EtcdBytes;
import java.util.Optional;

/**
 * Value of a key that records that a key range has answered a request, as JSON {@code {"request": 31, "after": "…", "through": "…"}}.
 *
 * @param request mod_revision of the request key, by which a repeated request differs from an earlier one
 */
public record AnsweredPartValue(long request, KeyRange range) {

    private record Fields(long request, String after, String through) {}

    /** Parses a value. Returns empty if the bytes have another form. */
    public static Optional<AnsweredPartValue> parse(byte[] value) {
        return Json.tree(value)
                .filter(json -> json.path("request").canConvertToLong()
                        && json.path("after").isTextual()
                        && json.path("through").isTextual())
                .map(AnsweredPartValue::of);
    }

    public EtcdBytes write() {
        return Json.write(new Fields(request, range.after(), range.through()));
    }

    private static AnsweredPartValue of(JsonNode json) {
        return new AnsweredPartValue(
                json.get("request").asLong(),
                new KeyRange(json.get("after").asText(), json.get("through").asText()));
    }
}
