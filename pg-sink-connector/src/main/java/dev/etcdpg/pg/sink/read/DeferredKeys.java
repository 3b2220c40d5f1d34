package dev.etcdpg.pg.sink.read;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.core.record.Chain;
import dev.etcdpg.core.record.EtcdRecordCodec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** Keys of a topic partition whose inputs wait in memory, because another transaction has locked the row. */
public final class DeferredKeys {

    private final Map<String, List<KeyInput>> inputs;

    DeferredKeys() {
        this(Map.of());
    }

    private DeferredKeys(Map<String, List<KeyInput>> inputs) {
        this.inputs = new LinkedHashMap<>(inputs);
    }

    DeferredKeys copy() {
        return new DeferredKeys(inputs);
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

    public List<String> within(KeyRange range) {
        return inputs.keySet().stream().filter(range::contains).toList();
    }

    /** Adds inputs of a key behind the inputs that already wait. */
    public void add(String key, List<KeyInput> more) {
        List<KeyInput> all = new ArrayList<>(inputs.getOrDefault(key, List.of()));
        all.addAll(more);
        inputs.put(key, List.copyOf(all));
    }

    /** Removes and returns all inputs. */
    Map<String, List<KeyInput>> takeAll() {
        Map<String, List<KeyInput>> taken = new LinkedHashMap<>(inputs);
        inputs.clear();
        return taken;
    }

    void removeWithin(KeyRange range) {
        inputs.keySet().removeIf(range::contains);
    }

    OptionalLong firstOffset() {
        return inputs.values().stream()
                .flatMap(List::stream)
                .mapToLong(KeyInput::offset)
                .min();
    }

    /** Returns, for each key, the chain of the first record that waits. */
    List<Chain> firstChains() {
        return inputs.values().stream()
                .map(of -> EtcdRecordCodec.decode(of.get(0).record().value()).chain())
                .toList();
    }
}
