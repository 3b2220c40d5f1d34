package dev.etcdpg.etcd.sink;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.etcd.jetcd.ByteSequence;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.connect.errors.ConnectException;

/**
 * What has been done of a topic partition: the content of its progress key in etcd.
 *
 * @param next offset of the first record not dealt with
 * @param last per origin, the highest number passed
 * @param by which task wrote it, so that a task knows its own writing again; null if unknown
 * @param lost records were lost and a new epoch is still owed for it
 */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
record Progress(@JsonInclude(JsonInclude.Include.ALWAYS) long next, Map<String, Long> last, String by, boolean lost) {

    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    Progress {
        last = last == null ? Map.of() : Map.copyOf(last);
    }

    static Progress startingAt(long next) {
        return new Progress(next, Map.of(), null, false);
    }

    /** @throws ConnectException if somebody else wrote there */
    static Progress parse(String key, ByteSequence value) {
        try {
            return JSON.readValue(value.getBytes(), Progress.class);
        } catch (java.io.IOException e) {
            throw new ConnectException(
                    "The etcd key " + key + " does not hold progress as this connector writes it. Set another "
                            + "bookkeeping.prefix, or delete the key to begin anew.",
                    e);
        }
    }

    ByteSequence bytes() {
        try {
            return ByteSequence.from(JSON.writeValueAsBytes(this));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("numbers and strings always become JSON", e);
        }
    }

    long lastOf(String origin) {
        return last.getOrDefault(origin, 0L);
    }

    Progress withNext(long offset) {
        return new Progress(offset, last, by, lost);
    }

    Progress by(String task) {
        return new Progress(next, last, task, lost);
    }

    Progress lost(boolean owed) {
        return new Progress(next, last, by, owed);
    }

    /** Number {@code n} of that origin has been passed; a lower one changes nothing. */
    Progress passed(String origin, long n) {
        if (n <= lastOf(origin)) {
            return this;
        }
        Map<String, Long> numbers = new HashMap<>(last);
        numbers.put(origin, n);
        return new Progress(next, numbers, by, lost);
    }

    /** The further of both, in everything. */
    Progress mergedWith(Progress other) {
        Map<String, Long> numbers = new HashMap<>(last);
        other.last.forEach((origin, n) -> numbers.merge(origin, n, Math::max));
        return new Progress(Math.max(next, other.next), numbers, by, lost || other.lost);
    }

    /** Whether something that {@code other} has dealt with is missing here. */
    boolean isBehind(Progress other) {
        return next < other.next || other.last.entrySet().stream().anyMatch(e -> lastOf(e.getKey()) < e.getValue());
    }
}
