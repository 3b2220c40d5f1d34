package dev.etcdpg.pg.source;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;

/**
 * Connect's source offset of a database: the last number that was produced, and the last number in each partition of each route. Immutable.
 *
 * @param number last number through which everything was produced; 0 at the beginning
 * @param partitions number of partitions over which keys were spread; 0 if it is not known
 * @param chains last number in each partition, by {@code <route>/<partition>}. The topic is not part of the name: records that went into another
 *     topic, because topic.prefix was another for a while, must be missed by the sink
 */
public record SendOffset(long number, int partitions, Map<String, Long> chains) {

    static final SendOffset NONE = new SendOffset(0, 0, Map.of());

    private static final String ORIGIN = "origin";
    private static final String NUMBER = "number";
    private static final String PARTITIONS = "partitions";

    /** Longest time by which the clock of a database may be ahead. Numbers follow the time of day in microseconds. */
    private static final long ONE_DAY_MS = 86_400_000L;

    public SendOffset {
        chains = Map.copyOf(chains);
    }

    /** Returns Connect's source partition of a database. */
    static Map<String, String> partition(String origin) {
        return Map.of(ORIGIN, origin);
    }

    /**
     * Reads a stored offset.
     *
     * @param stored as {@link #toMap()} made it; null for {@link #NONE}
     * @throws ConnectException if a field is not an integer
     */
    public static SendOffset of(@Nullable Map<String, ?> stored) {
        if (stored == null) {
            return NONE;
        }
        Map<String, Long> chains = new HashMap<>();
        stored.forEach((name, value) -> {
            if (!name.equals(NUMBER) && !name.equals(PARTITIONS)) {
                chains.put(name, integer(name, value));
            }
        });
        long partitions = stored.containsKey(PARTITIONS) ? integer(PARTITIONS, stored.get(PARTITIONS)) : 0;
        return new SendOffset(integer(NUMBER, stored.get(NUMBER)), (int) partitions, chains);
    }

    /**
     * Checks an offset that a user wants to store through Connect's REST API.
     *
     * @param offset null resets the offset
     * @throws ConnectException if the partition or the offset is not valid
     */
    static void check(Map<String, ?> partition, @Nullable Map<String, ?> offset) {
        if (!partition.keySet().equals(Set.of(ORIGIN)) || !(partition.get(ORIGIN) instanceof String)) {
            throw new ConnectException("The partition must be {\"" + ORIGIN
                    + "\": \"<origin of the database, from etcd_database>\"}, not " + partition);
        }
        SendOffset wanted = of(offset);
        // after a number of next week, nothing would be sent until next week
        long latest = (System.currentTimeMillis() + ONE_DAY_MS) * 1_000;
        if (wanted.number() < 0 || wanted.number() > latest) {
            throw new ConnectException("\"" + NUMBER + "\" must be between 0 and the present time in microseconds, not "
                    + wanted.number());
        }
        wanted.chains().forEach((name, last) -> {
            if (!name.matches(".+/\\d+")) {
                throw new ConnectException("Unknown field \"" + name + "\" in the offset. Fields are \"" + NUMBER
                        + "\", \"" + PARTITIONS + "\" and <route>/<partition>");
            }
            if (last < 0 || last > wanted.number()) {
                throw new ConnectException("\"" + name + "\" must be between 0 and \"" + NUMBER + "\"");
            }
        });
    }

    /** Returns the offset as Connect stores it. */
    public Map<String, Long> toMap() {
        Map<String, Long> map = new HashMap<>(chains);
        map.put(NUMBER, number);
        if (partitions > 0) {
            map.put(PARTITIONS, (long) partitions);
        }
        return map;
    }

    /** Returns the last number in the partition; 0 if there is none. */
    long previous(String route, int partition) {
        return chains.getOrDefault(link(route, partition), 0L);
    }

    /** Returns the offset after number {@code n} was produced outside of any chain. */
    SendOffset passed(long n) {
        return new SendOffset(n, partitions, chains);
    }

    /** Returns the offset after number {@code n} was produced into the partition. */
    SendOffset passed(String route, int partition, long n) {
        Map<String, Long> next = new HashMap<>(chains);
        next.put(link(route, partition), n);
        return new SendOffset(n, partitions, next);
    }

    SendOffset withPartitions(int count) {
        return new SendOffset(number, count, chains);
    }

    private static String link(String route, int partition) {
        return route + "/" + partition;
    }

    private static long integer(String name, @Nullable Object value) {
        if (value instanceof Number number) {
            return number.longValue();
        }
        throw new ConnectException("\"" + name + "\" of the offset must be an integer");
    }
}
