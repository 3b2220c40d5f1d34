package dev.etcdpg.pg.source;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.connect.errors.ConnectException;

/**
 * What has been produced: everything numbered up to {@code number}, and which number went last into each topic partition. Immutable.
 *
 * @param number 0 before anything was
 * @param partitions over which keys were spread, 0 if that is not known
 * @param chains by {@code <topic>/<partition>}
 */
record SourceOffset(long number, int partitions, Map<String, Long> chains) {

    static final SourceOffset NONE = new SourceOffset(0, 0, Map.of());

    private static final String ORIGIN = "origin";
    private static final String NUMBER = "number";
    private static final String PARTITIONS = "partitions";

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
            if (!name.equals(NUMBER) && !name.equals(PARTITIONS)) {
                chains.put(name, number(name, value));
            }
        });
        long partitions = stored.get(PARTITIONS) == null ? 0 : number(PARTITIONS, stored.get(PARTITIONS));
        return new SourceOffset(number(NUMBER, stored.get(NUMBER)), (int) partitions, chains);
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
        SourceOffset wanted = of(offset);
        // numbers follow the time of day, in microseconds: from one of next week on, nothing would be sent until then
        long tomorrow = (System.currentTimeMillis() + 86_400_000L) * 1_000;
        if (wanted.number() < 0 || wanted.number() > tomorrow) {
            throw new ConnectException("\"" + NUMBER + "\" must be the number of a change, not " + wanted.number());
        }
        wanted.chains().forEach((name, last) -> {
            if (!name.matches(".+/\\d+")) {
                throw new ConnectException("\"" + name + "\" is neither \"" + NUMBER + "\" nor <topic>/<partition>");
            }
            if (last < 0 || last > wanted.number()) {
                throw new ConnectException("\"" + name + "\" must be between 0 and \"" + NUMBER + "\"");
            }
        });
    }

    Map<String, Long> toMap() {
        Map<String, Long> map = new HashMap<>(chains);
        map.put(NUMBER, number);
        if (partitions > 0) {
            map.put(PARTITIONS, (long) partitions);
        }
        return map;
    }

    /** The number that went last into the partition, 0 if none did. */
    long previous(String topic, int partition) {
        return chains.getOrDefault(link(topic, partition), 0L);
    }

    /** After number {@code n} was produced outside of any chain. */
    SourceOffset passed(long n) {
        return new SourceOffset(n, partitions, chains);
    }

    /** After number {@code n} was produced into that partition. */
    SourceOffset passed(String topic, int partition, long n) {
        Map<String, Long> next = new HashMap<>(chains);
        next.put(link(topic, partition), n);
        return new SourceOffset(n, partitions, next);
    }

    /** Keys are spread over that many partitions from now on. */
    SourceOffset spreadOver(int count) {
        return new SourceOffset(number, count, chains);
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
