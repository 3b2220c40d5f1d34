package dev.etcdpg.etcd.bookkeeping;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.etcd.kv.KeyChange;
import java.util.Optional;
import org.apache.kafka.connect.errors.DataException;

/** Reads changes of the bookkeeping keys, as far as they concern one route and key range. */
public final class BookkeepingReader {

    private final BookkeepingKeys keys;
    private final String route;
    private final KeyRange range;

    public BookkeepingReader(BookkeepingKeys keys, String route, KeyRange range) {
        this.keys = keys;
        this.route = route;
        this.range = range;
    }

    /**
     * Reads a change. Returns empty for a key that concerns other readers, and for the deletion of any key except the epoch key, because an
     * answer whose lease ended was delivered long ago.
     */
    public Optional<BookkeepingNotice> read(KeyChange change) {
        String key = change.keyText().orElse("");
        if (key.equals(keys.epoch())) {
            long epoch = change.isDelete() ? 0 : EpochValue.parse(change.requireValue());
            return Optional.of(new BookkeepingNotice.Epoch(epoch, change.modRevision()));
        } else if (change.isDelete()) {
            return Optional.empty();
        } else if (key.startsWith(keys.answers())) {
            return answer(key, key.substring(keys.answers().length()), change);
        } else if (key.startsWith(keys.requests(route))) {
            return Optional.of(request(key, key.substring(keys.requests(route).length()), change));
        }
        return Optional.empty();
    }

    private static BookkeepingNotice request(String key, String number, KeyChange change) {
        try {
            return new BookkeepingNotice.Request(
                    Long.parseLong(number),
                    RequestValue.parse(change.requireValue()).range(),
                    change.modRevision());
        } catch (NumberFormatException e) {
            return malformed(key, change, "its name does not end in a number");
        }
    }

    private Optional<BookkeepingNotice> answer(String name, String tail, KeyChange change) {
        int origin = tail.indexOf('/');
        int end = tail.indexOf('/', origin + 1);
        if (origin <= 0 || end < 0) {
            return Optional.of(malformed(name, change, "its name is not answer/<origin>/<route>/<key>"));
        }
        String key = tail.substring(end + 1);
        if (!tail.substring(origin + 1, end).equals(route) || !range.contains(key)) {
            return Optional.empty();
        }
        try {
            AnswerValue answer = AnswerValue.parse(change.requireValue());
            return Optional.of(new BookkeepingNotice.Answer(
                    tail.substring(0, origin),
                    key,
                    answer.of(),
                    answer.outcome(),
                    answer.reason() == null ? "" : answer.reason(),
                    change.modRevision()));
        } catch (DataException e) {
            return Optional.of(malformed(name, change, String.valueOf(e.getMessage())));
        }
    }

    private static BookkeepingNotice malformed(String key, KeyChange change, String reason) {
        return new BookkeepingNotice.Malformed(key, change.modRevision(), reason);
    }
}
