package dev.etcdpg.pg.source;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.connect.errors.ConnectException;

/**
 * What has been produced: everything numbered up to {@code number}, and which number went last into each topic partition. Immutable.
 *
 * @param number 0 before anything was
 * @param chains by {@code <topic>/<partition>}
 */
record SourceOffset(long number, Map<String, Long> chains) {

    static final SourceOffset NONE = new SourceOffset(0, Map.of());

    private static final String ORIGIN = "origin";
    private static final String NUMBER = "number";

    SourceOffset {
        chains = Map.copyOf(chains);
    }

    /** Connect's source partition of a database. */
    static Map<String, String> partition(String origin) {
        return Map.of(ORIGIN, origin);
    }

    /** @param stored as {@link #toMap()} made it; null for none */
    static SourceOffset of(Map<String, ?> stored) {
        if (stored == null) {
            return NONE;
        }
        Map<String, Long> chains = new HashMap<>();
        stored.forEach((name, value) -> {
            if (!name.equals(NUMBER)) {
                chains.put(name, number(name, value));
            }
        });
        return new SourceOffset(number(NUMBER, stored.get(NUMBER)), chains);
    }

    /**
     * Checks what somebody wants to store through Connect's REST API.
     *
     * @throws ConnectException saying what is wrong with it
     */
    static void check(Map<String, ?> partition, Map<String, ?> offset) {
        if (!partition.keySet().equals(java.util.Set.of(ORIGIN)) || !(partition.get(ORIGIN) instanceof String)) {
            throw new ConnectException("A partition is {\"" + ORIGIN
                    + "\": \"<UUID of the database, from etcd_database>\"}, not " + partition);
        }
        for (String name : offset == null
                ? java.util.Set.<String>of()
                : of(offset).chains().keySet()) {
            if (!name.matches(".+/\\d+")) {
                throw new ConnectException("\"" + name + "\" is neither \"" + NUMBER + "\" nor <topic>/<partition>");
            }
        }
    }

    Map<String, Long> toMap() {
        Map<String, Long> map = new HashMap<>(chains);
        map.put(NUMBER, number);
        return map;
    }

    /** The number that went last into the partition, 0 if none did. */
    long previous(String topic, int partition) {
        return chains.getOrDefault(link(topic, partition), 0L);
    }

    /** After number {@code n} was produced outside of any chain. */
    SourceOffset passed(long n) {
        return new SourceOffset(n, chains);
    }

    /** After number {@code n} was produced into that partition. */
    SourceOffset passed(String topic, int partition, long n) {
        Map<String, Long> next = new HashMap<>(chains);
        next.put(link(topic, partition), n);
        return new SourceOffset(n, next);
    }

    private static String link(String topic, int partition) {
        return topic + "/" + partition;
    }

    private static long number(String name, Object value) {
        if (value instanceof Number number) {
            return number.longValue();
        }
        throw new ConnectException("The offset's \"" + name + "\" must be an integer");
    }
}
