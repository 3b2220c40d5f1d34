package dev.etcdpg.pg.sink.apply;

import dev.etcdpg.common.record.EtcdRecord;
import dev.etcdpg.common.sink.DeadLetter;
import dev.etcdpg.pg.sink.decide.Rules;
import dev.etcdpg.pg.sink.intake.Item;
import dev.etcdpg.pg.sink.intake.Lane;
import dev.etcdpg.pg.sink.intake.Segment;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** One transaction: a segment of each topic partition that has one, with the offsets. */
final class Round {

    private final Session session;
    private final Map<String, Table> tables;
    private final Rules rules;
    private final Losses losses;
    private final boolean careful;
    private final List<DeadLetter> bad = new ArrayList<>();
    private final Map<Segment, Lane> lanes = new HashMap<>();

    /**
     * @param tables by name of the route
     * @param careful whether what is refused, or must wait, is told apart key by key; slower
     */
    Round(Session session, Map<String, Table> tables, Rules rules, Losses losses, boolean careful) {
        this.session = session;
        this.tables = tables;
        this.rules = rules;
        this.losses = losses;
        this.careful = careful;
    }

    /**
     * Applies the segments; does not commit.
     *
     * @return the lanes as they are when this has been committed
     */
    List<Lane> apply(List<Segment> segments) throws SQLException {
        session.begin();
        if (careful) {
            session.execute("immediate");
        }
        for (Segment segment : segments) {
            Lane lane = segment.lane().copy();
            lanes.put(segment, lane);
            losses.ask(new LossBook(session), lane);
            bad.addAll(segment.bad());
        }
        applyRecords(segments);
        for (Segment segment : segments) {
            Lane lane = lanes.get(segment);
            if (segment.control() instanceof EtcdRecord.Manifest) {
                apply(lane, Manifests.work(session, segment, lane));
            } else if (segment.control() instanceof EtcdRecord.End end) {
                EndMarks.write(session, lane, end);
            }
        }
        List<Lane> after = segments.stream().map(lanes::get).toList();
        Offsets.save(session, after);
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
            Map<String, SortedMap<String, List<Item>>> works = new TreeMap<>();
            Map<String, Map<String, Lane>> owners = new HashMap<>();
            List<Segment> later = new ArrayList<>();
            for (Segment segment : left) {
                String route = segment.lane().route().name();
                SortedMap<String, List<Item>> work = works.computeIfAbsent(route, r -> new TreeMap<>());
                if (segment.work().keySet().stream().anyMatch(work::containsKey)) {
                    later.add(segment);
                    continue;
                }
                work.putAll(segment.work());
                Map<String, Lane> owner = owners.computeIfAbsent(route, r -> new HashMap<>());
                segment.work().keySet().forEach(key -> owner.put(key, lanes.get(segment)));
            }
            for (Map.Entry<String, SortedMap<String, List<Item>>> entry : works.entrySet()) {
                SortedMap<String, List<Item>> work = entry.getValue();
                for (String key : apply(tables.get(entry.getKey()), work)) {
                    owners.get(entry.getKey()).get(key).setAside(key, work.get(key));
                }
            }
            left = later;
        }
    }

    private void apply(Lane lane, SortedMap<String, List<Item>> work) throws SQLException {
        for (String key : apply(tables.get(lane.route().name()), work)) {
            lane.setAside(key, work.get(key));
        }
    }

    private Set<String> apply(Table table, SortedMap<String, List<Item>> work) throws SQLException {
        if (work.isEmpty()) {
            return Set.of();
        }
        return careful
                ? new SafeBatch(session, table, rules, bad).apply(work)
                : new KeyBatch(session, table, rules, KeyBatch.Mode.TOGETHER, work).apply();
    }
}
