package dev.etcdpg.etcd.source.decide;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.etcdpg.core.KeyRange;
import dev.etcdpg.core.Utf8;
import dev.etcdpg.core.record.Outcome;
import dev.etcdpg.etcd.client.BookkeepingKeys;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.kafka.connect.errors.DataException;

/** Reads the connectors' own keys, as far as they concern one route and key range. */
public final class BookkeepingEvents {

    /** What a bookkeeping key says. */
    public sealed interface Notice {}

    /** The epoch key was written, or deleted (0), or holds no number (0). */
    public record Epoch(long epoch, long revision) implements Notice {}

    /** The etcd sink did not write a change. */
    public record Answer(String origin, String key, long of, Outcome outcome, String reason, long revision)
            implements Notice {}

    /** A snapshot of these keys is asked for. */
    public record Request(long number, KeyRange range, long revision) implements Notice {}

    /** It should be readable and is not. */
    public record Malformed(String key, long revision, String reason) implements Notice {}

    private static final ObjectMapper JSON = new ObjectMapper();

    private final BookkeepingKeys keys;
    private final String route;
    private final KeyRange range;

    public BookkeepingEvents(BookkeepingKeys keys, String route, KeyRange range) {
        this.keys = keys;
        this.route = route;
        this.range = range;
    }

    /** Empty for what concerns others, and for deletes but that of the epoch: an answer whose lease ended was delivered long ago. */
    public Optional<Notice> read(KeyChange change) {
        String key = Utf8.strict(change.key()).orElse("");
        if (key.equals(keys.epoch())) {
            return Optional.of(new Epoch(change.isDelete() ? 0 : epoch(change.value()), change.modRevision()));
        }
        if (change.isDelete()) {
            return Optional.empty();
        }
        if (key.startsWith(keys.answers())) {
            return answer(key, key.substring(keys.answers().length()), change);
        }
        if (key.startsWith(keys.requests(route))) {
            return Optional.of(request(key, key.substring(keys.requests(route).length()), change));
        }
        return Optional.empty();
    }

    /** The epoch key's number, 0 if it is none. */
    public static long epoch(byte[] value) {
        try {
            return Math.max(0, Long.parseLong(new String(value, StandardCharsets.UTF_8).strip()));
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private static Notice request(String key, String number, KeyChange change) {
        try {
            return new Request(Long.parseLong(number), requested(change.value()), change.modRevision());
        } catch (NumberFormatException e) {
            return new Malformed(key, change.modRevision(), "its name does not end in a number");
        }
    }

    /** The range that is asked for; all if the content names none, for that answers any question. */
    private static KeyRange requested(byte[] value) {
        try {
            JsonNode json = JSON.readTree(value);
            KeyRange range = new KeyRange(
                    json.path("after").asText(""), json.path("through").asText(""));
            return Ranges.isEmpty(range) ? KeyRange.ALL : range;
        } catch (java.io.IOException e) {
            return KeyRange.ALL;
        }
    }

    private Optional<Notice> answer(String name, String tail, KeyChange change) {
        int origin = tail.indexOf('/');
        int end = tail.indexOf('/', origin + 1);
        if (origin <= 0 || end < 0) {
            return Optional.of(
                    new Malformed(name, change.modRevision(), "its name is not answer/<origin>/<route>/<key>"));
        }
        String key = tail.substring(end + 1);
        if (!tail.substring(origin + 1, end).equals(route) || !range.contains(key)) {
            return Optional.empty();
        }
        try {
            JsonNode json = JSON.readTree(change.value());
            if (json == null
                    || !json.path("n").canConvertToLong()
                    || !json.path("outcome").isTextual()) {
                return Optional.of(new Malformed(name, change.modRevision(), "it has no n or no outcome"));
            }
            return Optional.of(new Answer(
                    tail.substring(0, origin),
                    key,
                    json.get("n").asLong(),
                    Outcome.ofWire(json.get("outcome").asText()),
                    json.path("reason").asText(""),
                    change.modRevision()));
        } catch (JsonProcessingException e) {
            return Optional.of(new Malformed(name, change.modRevision(), "it is not JSON"));
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (DataException e) {
            return Optional.of(new Malformed(name, change.modRevision(), e.getMessage()));
        }
    }
}
