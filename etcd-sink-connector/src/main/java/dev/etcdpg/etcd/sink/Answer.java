package dev.etcdpg.etcd.sink;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.etcdpg.core.record.Outcome;
import io.etcd.jetcd.ByteSequence;

/**
 * The content of an answer key.
 *
 * @param n send number of the change
 * @param outcome {@link Outcome#wire()}
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Answer(long n, String outcome, String reason) {

    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    Answer(long n, Outcome outcome, String reason) {
        this(n, outcome.wire(), reason);
    }

    /** Whether the bytes are an answer to change {@code n}. What cannot be read is none. */
    static boolean isFor(long n, ByteSequence value) {
        try {
            return JSON.readValue(value.getBytes(), Answer.class).n() == n;
        } catch (java.io.IOException e) {
            return false;
        }
    }

    ByteSequence bytes() {
        try {
            return ByteSequence.from(JSON.writeValueAsBytes(this));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("numbers and strings always become JSON", e);
        }
    }
}
