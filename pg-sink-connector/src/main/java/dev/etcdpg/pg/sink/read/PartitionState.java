package dev.etcdpg.pg.sink.read;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.core.Route;
import dev.etcdpg.core.Utf8;
import dev.etcdpg.core.record.Chain;
import dev.etcdpg.core.record.EtcdRecordCodec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/**
 * Where the sink stands in one topic partition. A transaction works on a {@link #copy()}, which takes the place of the original when it has
 * committed: so memory and database agree, whatever fails.
 */
public final class PartitionState {

    private final TopicPartition partition;
    private final Route route;
    private final Map<KeyRange, Long> chain;
    private final Map<KeyRange, UntrustedRange> blind;
    private final Map<String, List<KeyInput>> aside;
    private long position;

    /** @param position offset of the next record, -1 if not known: whatever comes first */
    public PartitionState(
            TopicPartition partition,
            Route route,
            long position,
            Map<KeyRange, Long> chain,
            Map<KeyRange, UntrustedRange> blind) {
        this(partition, route, position, new HashMap<>(chain), new HashMap<>(blind), new LinkedHashMap<>());
    }

    private PartitionState(
            TopicPartition partition,
            Route route,
            long position,
            Map<KeyRange, Long> chain,
            Map<KeyRange, UntrustedRange> blind,
            Map<String, List<KeyInput>> aside) {
        this.partition = partition;
        this.route = route;
        this.position = position;
        this.chain = chain;
        this.blind = blind;
        this.aside = aside;
    }

    public PartitionState copy() {
        return new PartitionState(
                partition, route, position, new HashMap<>(chain), new HashMap<>(blind), new LinkedHashMap<>(aside));
    }

    public TopicPartition partition() {
        return partition;
    }

    public Route route() {
        return route;
    }

    /** Offset of the next record to be taken from the topic; -1 before the first. */
    public long position() {
        return position;
    }

    public void moveTo(long next) {
        position = next;
    }

    /** The lowest offset that is not applied; -1 before the first. */
    public long unapplied() {
        return aside.values().stream()
                .flatMap(List::stream)
                .mapToLong(KeyInput::offset)
                .min()
                .orElse(position);
    }

    // -- the chain

    /** Number of the last record seen of the range's sender, 0 before any. */
    public long seen(KeyRange range) {
        return chain.getOrDefault(range, 0L);
    }

    public void see(KeyRange range, long number) {
        chain.merge(range, number, Math::max);
    }

    public Map<KeyRange, Long> chain() {
        return Map.copyOf(chain);
    }

    /**
     * The chain as far as everything was applied: who begins at {@link #unapplied()} and knows this notices if what is set aside here has been
     * lost meanwhile.
     */
    public Map<KeyRange, Long> appliedChain() {
        Map<KeyRange, Long> applied = new HashMap<>(chain);
        for (List<KeyInput> items : aside.values()) {
            Chain first = EtcdRecordCodec.decode(items.get(0).record().value()).chain();
            applied.merge(first.range(), first.previous(), Math::min);
        }
        return applied;
    }

    // -- what is not trusted

    public Map<KeyRange, UntrustedRange> blind() {
        return Map.copyOf(blind);
    }

    public boolean isBlind(String key) {
        return !blind.isEmpty() && blind.keySet().stream().anyMatch(range -> range.contains(key));
    }

    /** Records of the range were lost: forgets what is set aside of it. The request that ends it is made later. */
    public void lose(KeyRange range, long epoch, long now) {
        aside.keySet().removeIf(range::contains);
        blind.put(range, new UntrustedRange(UntrustedRange.LATER, epoch, now));
    }

    public void asked(KeyRange range, long request) {
        blind.computeIfPresent(range, (r, b) -> b.asked(request));
    }

    /**
     * An end mark makes its range trustworthy again. A range that it covers in part only, because the source has been cut into other ranges
     * meanwhile, is replaced by what is left of it.
     *
     * @return the ranges that are trustworthy now, or were replaced
     */
    public List<KeyRange> trust(KeyRange range, long request) {
        List<KeyRange> healed = new ArrayList<>();
        Map<KeyRange, UntrustedRange> left = new HashMap<>();
        blind.forEach((lost, b) -> {
            List<KeyRange> rest = rest(lost, range);
            if (request >= b.request() && !rest.equals(List.of(lost))) {
                healed.add(lost);
                rest.forEach(part -> left.put(part, b));
            }
        });
        healed.forEach(blind::remove);
        left.forEach(blind::putIfAbsent);
        return healed;
    }

    /** The keys of one range that are not in another: the range itself, or up to two. */
    private static List<KeyRange> rest(KeyRange of, KeyRange without) {
        boolean apart = (!without.through().isEmpty() && Utf8.compare(without.through(), of.after()) <= 0)
                || (!of.through().isEmpty() && Utf8.compare(of.through(), without.after()) <= 0);
        if (apart) {
            return List.of(of);
        }
        List<KeyRange> rest = new ArrayList<>();
        if (Utf8.compare(of.after(), without.after()) < 0) {
            rest.add(new KeyRange(of.after(), without.after()));
        }
        boolean beyond = !without.through().isEmpty()
                && (of.through().isEmpty() || Utf8.compare(without.through(), of.through()) < 0);
        if (beyond) {
            rest.add(new KeyRange(without.through(), of.through()));
        }
        return rest;
    }

    // -- what is set aside

    public boolean isAside(String key) {
        return aside.containsKey(key);
    }

    public boolean hasAside() {
        return !aside.isEmpty();
    }

    /** How many records and manifest effects wait in memory. */
    public int asideItems() {
        return aside.values().stream().mapToInt(List::size).sum();
    }

    public List<String> asideKeys(KeyRange range) {
        return aside.keySet().stream().filter(range::contains).toList();
    }

    /** Puts items behind what is set aside of the key. */
    public void setAside(String key, List<KeyInput> items) {
        List<KeyInput> all = new ArrayList<>(aside.getOrDefault(key, List.of()));
        all.addAll(items);
        aside.put(key, List.copyOf(all));
    }

    /** All that is set aside, to be tried again; nothing is set aside afterwards. */
    public Map<String, List<KeyInput>> takeAside() {
        Map<String, List<KeyInput>> taken = new LinkedHashMap<>(aside);
        aside.clear();
        return taken;
    }
}
