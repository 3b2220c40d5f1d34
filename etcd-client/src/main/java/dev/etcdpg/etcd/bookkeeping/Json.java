package dev.etcdpg.etcd.bookkeeping;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.etcdpg.etcd.kv.EtcdBytes;
import java.io.IOException;
import java.util.Optional;

/** Converts bookkeeping values to and from JSON. */
final class Json {

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private Json() {}

    /** @param value a record of numbers, strings and maps of these */
    static EtcdBytes write(Object value) {
        try {
            return EtcdBytes.of(MAPPER.writeValueAsBytes(value));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("numbers and strings always become JSON", e);
        }
    }

    static <T> T read(byte[] value, Class<T> type) throws IOException {
        return MAPPER.readValue(value, type);
    }

    /** Parses the value as a tree. Returns empty if the value is not JSON. */
    static Optional<JsonNode> tree(byte[] value) {
        try {
            return Optional.ofNullable(MAPPER.readTree(value));
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
