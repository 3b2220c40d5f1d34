package dev.etcdpg.etcd.bookkeeping;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.etcdpg.etcd.kv.EtcdBytes;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;

/**
 * Value of a progress key. It records how far the etcd sink has come in a topic partition, as JSON
 * {@code {"next": 5, "last": {"<origin>@<database>": 9}, "databases": {"<origin>": {"current": "<database>", "superseded": []}}, "by": "<task>",
 * "lost": true}}.
 *
 * @param next offset of the first record that is not dealt with
 * @param last the highest number passed, for each sender: {@code <origin>@<database>}, or the origin if the database is unknown
 * @param databases the databases of each origin
 * @param by the task that wrote the value, so that a task recognizes its own values; null if unknown
 * @param lost whether records were lost and the new epoch that heals the loss has not begun yet
 */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record SinkProgress(
        @JsonInclude(JsonInclude.Include.ALWAYS) long next,
        Map<String, Long> last,
        Map<String, OriginDatabases> databases,
        @Nullable String by,
        boolean lost) {

    public SinkProgress {
        last = last == null ? Map.of() : Map.copyOf(last);
        databases = databases == null ? Map.of() : Map.copyOf(databases);
    }

    /** Returns the progress of a partition in which no record is dealt with. */
    public static SinkProgress startingAt(long next) {
        return new SinkProgress(next, Map.of(), Map.of(), null, false);
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

    /** Returns the highest number of the sender that was passed; 0 for none. */
    public long lastOf(ChainSender sender) {
        return last.getOrDefault(sender.key(), 0L);
    }

    public SinkProgress withNext(long offset) {
        return new SinkProgress(offset, last, databases, by, lost);
    }

    public SinkProgress by(@Nullable String task) {
        return new SinkProgress(next, last, databases, task, lost);
    }

    public SinkProgress lost(boolean owed) {
        return new SinkProgress(next, last, databases, by, owed);
    }

    /** Returns the progress after number {@code n} of the sender. A number below the highest one changes nothing. */
    public SinkProgress passed(ChainSender sender, long n) {
        return n <= lastOf(sender) ? this : new SinkProgress(next, withLast(sender, n), databases, by, lost);
    }

    /** Judges a record by its sender and its number. */
    public ChainSender.Judgement judge(ChainSender sender, long number) {
        OriginDatabases known = databases.get(sender.origin());
        if (sender.database() == null || (known != null && sender.database().equals(known.current()))) {
            return ChainSender.Judgement.CURRENT;
        } else if (known == null || !known.superseded().contains(sender.database())) {
            return ChainSender.Judgement.NEW;
        }
        return number <= lastOf(sender) ? ChainSender.Judgement.OLD : ChainSender.Judgement.REFUSED;
    }

    /** Returns the database that sends the records of an origin; null if it is unknown. */
    public @Nullable String databaseOf(String origin) {
        OriginDatabases known = databases.get(origin);
        return known == null ? null : known.current();
    }

    /**
     * Returns the progress after another database has taken over its origin. The numbers of this database continue those of its predecessor, or
     * branch off from them.
     *
     * @param database names its database
     * @param previous number before the first record of the sender
     */
    public SinkProgress takenOverBy(ChainSender sender, String database, long previous) {
        OriginDatabases known = databases.get(sender.origin());
        Map<String, OriginDatabases> all = new HashMap<>(databases);
        all.put(sender.origin(), known == null ? new OriginDatabases(database, Set.of()) : known.after(database));
        ChainSender predecessor = new ChainSender(sender.origin(), known == null ? null : known.current());
        long begin = Math.min(previous, lastOf(predecessor));
        return new SinkProgress(next, withLast(sender, begin), all, by, lost);
    }

    private Map<String, Long> withLast(ChainSender sender, long n) {
        Map<String, Long> numbers = new HashMap<>(last);
        numbers.put(sender.key(), n);
        return numbers;
    }

    /** Merges two progresses of one task. Each field of the result is the further one of both. */
    public SinkProgress mergedWith(SinkProgress other) {
        Map<String, Long> numbers = new HashMap<>(last);
        other.last.forEach((sender, n) -> numbers.merge(sender, n, Math::max));
        boolean behind = next < other.next;
        return new SinkProgress(
                Math.max(next, other.next), numbers, behind ? other.databases : databases, by, lost || other.lost);
    }

    /** Returns whether this progress lacks something that {@code other} has dealt with. */
    public boolean isBehind(SinkProgress other) {
        return next < other.next
                || other.last.entrySet().stream().anyMatch(e -> last.getOrDefault(e.getKey(), 0L) < e.getValue());
    }
}
