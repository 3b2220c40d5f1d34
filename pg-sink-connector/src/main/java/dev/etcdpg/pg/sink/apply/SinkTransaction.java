package dev.etcdpg.pg.sink.apply;

import dev.etcdpg.core.record.EtcdRecord;
import dev.etcdpg.core.sink.DeadLetter;
import dev.etcdpg.pg.sink.read.KeyInput;
import dev.etcdpg.pg.sink.read.PartitionState;
import dev.etcdpg.pg.sink.read.Segment;
import dev.etcdpg.pg.sink.resolve.Rules;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** One transaction: a segment of each topic partition that has one, with the offsets. */
final class SinkTransaction {

    private final SinkSession session;
    private final Map<String, MirroredTable> tables;
    private final Rules rules;
    private final LossRequests losses;
    private final KeyFairness turns;
    private final boolean careful;
    private final List<DeadLetter> bad = new ArrayList<>();
    private final Map<Segment, PartitionState> lanes = new HashMap<>();

    /**
     * @param tables by name of the route
     * @param turns outlives the round
     * @param careful whether what is refused, or must wait, is told apart key by key; slower
     */
    SinkTransaction(
            SinkSession session,
            Map<String, MirroredTable> tables,
            Rules rules,
            LossRequests losses,
            KeyFairness turns,
            boolean careful) {
        this.session = session;
        this.tables = tables;
        this.rules = rules;
        this.losses = losses;
        this.turns = turns;
        this.careful = careful;
    }

    /**
     * Applies the segments; does not commit.
     *
     * @return the lanes as they are when this has been committed
     */
    List<PartitionState> apply(List<Segment> segments) throws SQLException {
        session.begin();
        turns.begin();
        if (careful) {
            session.execute("immediate");
        }
        for (Segment segment : segments) {
            PartitionState lane = segment.lane().copy();
            lanes.put(segment, lane);
            losses.ask(new LossStore(session), lane);
            bad.addAll(segment.bad());
        }
        applyRecords(segments);
        for (Segment segment : segments) {
            PartitionState lane = lanes.get(segment);
            if (segment.control() instanceof EtcdRecord.Manifest) {
                apply(lane, ManifestKeys.work(session, segment, lane));
            } else if (segment.control() instanceof EtcdRecord.End end) {
                EndMarkStore.write(session, lane, end);
            }
        }
        List<PartitionState> after = segments.stream().map(lanes::get).toList();
        OffsetStore.save(session, after);
        return after;
    }

    /** Records that can never be applied: to be reported before the commit that passes them. */
    List<DeadLetter> bad() {
        return bad;
    }

    /** Of all partitions of a route together; a key that is in two of them (the source divides keys anew) in two steps. */
    private void applyRecords(List<Segment> segments) throws SQLException {
        List<Segment> left = new ArrayList<>(segments);
        while (!left.isEmpty()) {
            SortedMap<String, SortedMap<String, List<KeyInput>>> works = new TreeMap<>();
            Map<String, Map<String, PartitionState>> owners = new HashMap<>();
            List<Segment> later = new ArrayList<>();
            for (Segment segment : left) {
                String route = segment.lane().route().name();
                SortedMap<String, List<KeyInput>> work = works.computeIfAbsent(route, r -> new TreeMap<>());
                if (segment.work().keySet().stream().anyMatch(work::containsKey)) {
                    later.add(segment);
                    continue;
                }
                work.putAll(segment.work());
                Map<String, PartitionState> owner = owners.computeIfAbsent(route, r -> new HashMap<>());
                segment.work().keySet().forEach(key -> owner.put(key, lanes.get(segment)));
            }
            apply(works, owners);
            left = later;
        }
    }

    private void apply(PartitionState lane, SortedMap<String, List<KeyInput>> work) throws SQLException {
        String route = lane.route().name();
        Map<String, PartitionState> owner = new HashMap<>();
        work.keySet().forEach(key -> owner.put(key, lane));
        apply(new TreeMap<>(Map.of(route, work)), Map.of(route, owner));
    }

    /** @param owners of each key of each route */
    private void apply(
            SortedMap<String, SortedMap<String, List<KeyInput>>> works, Map<String, Map<String, PartitionState>> owners)
            throws SQLException {
        if (careful) {
            for (KeyFairness.Part part : turns.inOrder(works)) {
                MirroredTable table = tables.get(part.route());
                Set<String> aside = new BisectingApplier(session, table, rules, turns, bad).apply(part.work());
                setAside(aside, part.work(), owners.get(part.route()));
            }
            return;
        }
        for (Map.Entry<String, SortedMap<String, List<KeyInput>>> all : works.entrySet()) {
            if (!all.getValue().isEmpty()) {
                MirroredTable table = tables.get(all.getKey());
                BatchApplier batch =
                        new BatchApplier(session, table, rules, BatchApplier.Mode.TOGETHER, all.getValue());
                setAside(batch.apply(), all.getValue(), owners.get(all.getKey()));
            }
        }
    }

    private static void setAside(
            Set<String> keys, Map<String, List<KeyInput>> work, Map<String, PartitionState> owners) {
        keys.forEach(key -> owners.get(key).setAside(key, work.get(key)));
    }
}
