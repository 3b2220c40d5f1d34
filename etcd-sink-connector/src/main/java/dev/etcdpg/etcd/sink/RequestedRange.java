package dev.etcdpg.etcd.sink;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.etcdpg.core.KeyRange;
import io.etcd.jetcd.ByteSequence;

/** The content of a request key: the range whose snapshot is asked for. */
record RequestedRange(String after, String through) {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    static RequestedRange of(KeyRange range) {
        return new RequestedRange(range.after(), range.through());
    }

    ByteSequence bytes() {
        try {
            return ByteSequence.from(JSON.writeValueAsBytes(this));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("strings always become JSON", e);
        }
    }
}
