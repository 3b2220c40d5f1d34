package dev.etcdpg.etcd.bookkeeping;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.etcdpg.etcd.kv.EtcdBytes;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;

/**
 * Value of a progress key. It records how far the etcd sink has come in a topic partition, as JSON
 * {@code {"next": 5, "last": {"<origin>": 9}, "by": "<task>", "lost": true}}.
 *
 * @param next offset of the first record that is not dealt with
 * @param last the highest number passed, for each origin
 * @param by the task that wrote the value, so that a task recognizes its own values; null if unknown
 * @param lost whether records were lost and the new epoch that heals the loss has not begun yet
 */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record SinkProgress(
        @JsonInclude(JsonInclude.Include.ALWAYS) long next, Map<String, Long> last, @Nullable String by, boolean lost) {

    public SinkProgress {
        last = last == null ? Map.of() : Map.copyOf(last);
    }

    /** Returns the progress of a partition in which no record is dealt with. */
    public static SinkProgress startingAt(long next) {
        return new SinkProgress(next, Map.of(), null, false);
    }

    /**
     * @param key name of the key, for the message
     * @throws ConnectException if the bytes are not progress
     */
    public static SinkProgress parse(String key, EtcdBytes value) {
        try {
            return Json.read(value.toByteArray(), SinkProgress.class);
        } catch (IOException e) {
            throw new ConnectException(
                    "The etcd key " + key + " does not hold progress as this connector writes it. Set another "
                            + "bookkeeping.prefix, or delete the key to start again from the beginning of the topic.",
                    e);
        }
    }

    public EtcdBytes write() {
        return Json.write(this);
    }

    /** Returns the highest number of the origin that was passed; 0 for none. */
    public long lastOf(String origin) {
        return last.getOrDefault(origin, 0L);
    }

    public SinkProgress withNext(long offset) {
        return new SinkProgress(offset, last, by, lost);
    }

    public SinkProgress by(@Nullable String task) {
        return new SinkProgress(next, last, task, lost);
    }

    public SinkProgress lost(boolean owed) {
        return new SinkProgress(next, last, by, owed);
    }

    /** Returns the progress after number {@code n} of the origin. A number below the highest one changes nothing. */
    public SinkProgress passed(String origin, long n) {
        if (n <= lastOf(origin)) {
            return this;
        }
        Map<String, Long> numbers = new HashMap<>(last);
        numbers.put(origin, n);
        return new SinkProgress(next, numbers, by, lost);
    }

    /** Merges two progresses. Each field of the result is the further one of both. */
    public SinkProgress mergedWith(SinkProgress other) {
        Map<String, Long> numbers = new HashMap<>(last);
        other.last.forEach((origin, n) -> numbers.merge(origin, n, Math::max));
        return new SinkProgress(Math.max(next, other.next), numbers, by, lost || other.lost);
    }

    /** Returns whether this progress lacks something that {@code other} has dealt with. */
    public boolean isBehind(SinkProgress other) {
        return next < other.next || other.last.entrySet().stream().anyMatch(e -> lastOf(e.getKey()) < e.getValue());
    }
}
