package dev.etcdpg.pg.sink.read;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.core.Revision;
import dev.etcdpg.core.record.Chain;
import dev.etcdpg.pg.sink.resolve.Input;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keys of a topic partition whose inputs wait in memory, because another transaction has locked the row. An input that another input of its key
 * follows waits without its record: only the last one can become a dead letter.
 */
public final class DeferredKeys {

    /** Largest number of inputs of a key that one transaction applies. */
    private static final int MAX_INPUTS = 1_000;

    /** Size of the inputs of a key above which one transaction applies only a part of them, in bytes. */
    private static final long MAX_BYTES = 4L << 20;

    /** Copies share a list until one of them changes it. */
    private final Map<String, List<KeyInput>> inputs;

    private final Set<String> owned = new HashSet<>();
    private long bytes;

    DeferredKeys() {
        this(Map.of(), 0);
    }

    private DeferredKeys(Map<String, List<KeyInput>> inputs, long bytes) {
        this.inputs = new LinkedHashMap<>(inputs);
        this.bytes = bytes;
    }

    DeferredKeys copy() {
        owned.clear();
        return new DeferredKeys(inputs, bytes);
    }

    public boolean contains(String key) {
        return inputs.containsKey(key);
    }

    public boolean isEmpty() {
        return inputs.isEmpty();
    }

    /** Returns the number of inputs of all keys. */
    public int size() {
        return inputs.values().stream().mapToInt(List::size).sum();
    }

    /** Returns the estimated size of all inputs in memory, in bytes. */
    public long bytes() {
        return bytes;
    }

    /** Returns the key that was deferred first, or is among the first; empty if no key is deferred. */
    public Optional<String> first() {
        return inputs.keySet().stream().findFirst();
    }

    /** Returns the key whose inputs need the most memory; empty if no key is deferred. */
    public Optional<String> largest() {
        return inputs.entrySet().stream()
                .max(Comparator.comparingLong(entry -> bytesOf(entry.getValue())))
                .map(Map.Entry::getKey);
    }

    public List<String> within(KeyRange range) {
        return inputs.keySet().stream().filter(range::contains).toList();
    }

    /** Adds inputs of a key behind the inputs that already wait. */
    public void add(String key, List<KeyInput> more) {
        List<KeyInput> list = writable(key);
        for (KeyInput input : more) {
            if (!(input.input() instanceof Input.Answered)) {
                dropRecords(list);
            }
            list.add(input);
            bytes += input.bytes();
        }
    }

    /** Puts inputs of a key back, before the inputs that wait. */
    public void putBack(String key, List<KeyInput> first) {
        List<KeyInput> rest = remove(key);
        add(key, first);
        add(key, rest);
    }

    /** Removes and returns the first inputs of each key, as many as one transaction can apply. */
    Map<String, List<KeyInput>> takeFirst() {
        Map<String, List<KeyInput>> taken = new LinkedHashMap<>();
        for (String key : List.copyOf(inputs.keySet())) {
            List<KeyInput> all = remove(key);
            int end = end(all);
            taken.put(key, List.copyOf(all.subList(0, end)));
            if (end < all.size()) {
                add(key, all.subList(end, all.size()));
            }
        }
        return taken;
    }

    private static int end(List<KeyInput> all) {
        long size = 0;
        int end = 0;
        while (end < all.size()
                && end < MAX_INPUTS
                && (end == 0 || size + all.get(end).bytes() <= MAX_BYTES)) {
            size += all.get(end++).bytes();
        }
        return end;
    }

    void removeWithin(KeyRange range) {
        within(range).forEach(this::remove);
    }

    OptionalLong firstOffset() {
        return inputs.values().stream().mapToLong(of -> of.get(0).offset()).min();
    }

    /** Returns the lowest revision of an input that waits; empty if none waits. */
    Optional<Revision> firstRevision() {
        return inputs.values().stream().map(of -> of.get(0).input().at()).min(Comparator.naturalOrder());
    }

    /** Returns the lowest revision of an input that waits and was sent by the sender of a range; null if none waits. */
    @Nullable
    Revision firstRevision(KeyRange sender) {
        return inputs.values().stream()
                .map(of -> of.get(0))
                .filter(input -> input.chain().range().equals(sender))
                .map(input -> input.input().at())
                .min(Comparator.naturalOrder())
                .orElse(null);
    }

    /** Returns, for each key, the chain of the first record that waits. */
    List<Chain> firstChains() {
        return inputs.values().stream().map(of -> of.get(0).chain()).toList();
    }

    private List<KeyInput> writable(String key) {
        if (owned.add(key)) {
            inputs.put(key, new ArrayList<>(inputs.getOrDefault(key, List.of())));
        }
        return inputs.computeIfAbsent(key, k -> new ArrayList<>());
    }

    private void dropRecords(List<KeyInput> list) {
        for (int i = list.size() - 1; i >= 0 && list.get(i).record() != null; i--) {
            KeyInput with = list.get(i);
            KeyInput without = with.withoutRecord();
            list.set(i, without);
            bytes += without.bytes() - with.bytes();
        }
    }

    private List<KeyInput> remove(String key) {
        owned.remove(key);
        List<KeyInput> removed = inputs.remove(key);
        bytes -= removed == null ? 0 : bytesOf(removed);
        return removed == null ? List.of() : removed;
    }

    private static long bytesOf(Collection<KeyInput> some) {
        return some.stream().mapToLong(KeyInput::bytes).sum();
    }
}
