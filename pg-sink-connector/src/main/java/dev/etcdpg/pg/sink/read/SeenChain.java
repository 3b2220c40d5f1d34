package dev.etcdpg.pg.sink.read;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.core.record.Chain;
import java.util.HashMap;
import java.util.Map;

/** Remembers the number of the last record seen of each sender of a topic partition. The key range identifies a sender. */
public final class SeenChain {

    private final Map<KeyRange, Long> numbers;

    SeenChain(Map<KeyRange, Long> numbers) {
        this.numbers = new HashMap<>(numbers);
    }

    SeenChain copy() {
        return new SeenChain(numbers);
    }

    public Map<KeyRange, Long> all() {
        return Map.copyOf(numbers);
    }

    /** Returns the number of the last record seen of a sender; 0 before the first. */
    public long last(KeyRange range) {
        return numbers.getOrDefault(range, 0L);
    }

    /** Returns the highest number seen of all senders; 0 before the first record. */
    long lastOfAll() {
        return numbers.values().stream().mapToLong(Long::longValue).max().orElse(0);
    }

    /** Returns whether a record that was sent before this one is missing. */
    boolean isBrokenBy(Chain next) {
        return next.previous() > last(next.range());
    }

    void add(Chain next) {
        numbers.merge(next.range(), next.number(), Math::max);
    }

    /** Forgets a record, so that it is the next one. */
    void remove(Chain last) {
        numbers.put(last.range(), last.previous());
    }
}
