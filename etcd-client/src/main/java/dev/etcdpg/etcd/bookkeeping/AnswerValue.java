package dev.etcdpg.etcd.bookkeeping;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import dev.etcdpg.core.record.Outcome;
import dev.etcdpg.etcd.kv.EtcdBytes;
import org.apache.kafka.connect.errors.DataException;
import org.jspecify.annotations.Nullable;

/**
 * Value of an answer key: the outcome of a change that the etcd sink did not write, as JSON
 * {@code {"n": 7, "outcome": "refused", "reason": "…"}}.
 *
 * @param of send number of the change
 * @param reason reason for the user; null for none
 */
public record AnswerValue(long of, Outcome outcome, @Nullable String reason) {

    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record Fields(long n, String outcome, @Nullable String reason) {}

    /** @throws DataException if the bytes are not an answer; the message says why, without the value */
    public static AnswerValue parse(byte[] value) {
        JsonNode json = Json.tree(value).orElseThrow(() -> new DataException("it is not JSON"));
        if (!json.path("n").canConvertToLong() || !json.path("outcome").isTextual()) {
            throw new DataException("it has no n or no outcome");
        }
        return new AnswerValue(
                json.get("n").asLong(),
                Outcome.ofWire(json.get("outcome").asText()),
                json.path("reason").asText(null));
    }

    /** Returns whether the bytes are an answer to change {@code n}. */
    public static boolean answers(long n, EtcdBytes value) {
        try {
            return parse(value.toByteArray()).of == n;
        } catch (DataException e) {
            return false;
        }
    }

    public EtcdBytes write() {
        return Json.write(new Fields(of, outcome.wire(), reason));
    }
}
