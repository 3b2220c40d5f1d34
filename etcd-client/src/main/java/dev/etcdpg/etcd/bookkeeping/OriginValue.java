package dev.etcdpg.etcd.bookkeeping;

import dev.etcdpg.etcd.kv.EtcdBytes;
import java.io.IOException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Value of an origin key: the database that sends with this origin, as JSON
 * {@code {"current": "<database>", "since": 1800000000125000, "superseded": ["<database>"]}}. All topics of an origin share the key, so it shows
 * copies of a database that send through different topics.
 *
 * @param since time at which the current database was first seen, in microseconds since 1970, as in the numbers of records
 * @param superseded the former databases
 */
public record OriginValue(String current, long since, Set<String> superseded) {

    public OriginValue {
        superseded = superseded == null ? Set.of() : Set.copyOf(superseded);
    }

    /** Parses a value. Returns empty if the bytes have another form. */
    public static Optional<OriginValue> parse(EtcdBytes value) {
        try {
            OriginValue parsed = Json.read(value.toByteArray(), OriginValue.class);
            return parsed == null || parsed.current == null ? Optional.empty() : Optional.of(parsed);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    public EtcdBytes write() {
        return Json.write(this);
    }

    /** Returns the value after another database has taken over. */
    public OriginValue after(String database, long now) {
        Set<String> former = new HashSet<>(superseded);
        former.add(current);
        return new OriginValue(database, now, former);
    }
}
