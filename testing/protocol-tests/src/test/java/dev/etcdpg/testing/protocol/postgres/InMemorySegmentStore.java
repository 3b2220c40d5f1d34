package dev.etcdpg.testing.protocol.postgres;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.core.Revision;
import dev.etcdpg.core.Route;
import dev.etcdpg.core.record.EtcdRecord;
import dev.etcdpg.pg.sink.apply.LossRequests;
import dev.etcdpg.pg.sink.apply.SegmentStore;
import dev.etcdpg.pg.sink.read.KeyInput;
import dev.etcdpg.pg.sink.read.PartitionState;
import dev.etcdpg.pg.sink.read.Segment;
import dev.etcdpg.pg.sink.read.UntrustedRange;
import dev.etcdpg.pg.sink.resolve.Content;
import dev.etcdpg.pg.sink.resolve.Effect;
import dev.etcdpg.pg.sink.resolve.Flight;
import dev.etcdpg.pg.sink.resolve.Input;
import dev.etcdpg.pg.sink.resolve.KeySyncState;
import dev.etcdpg.pg.sink.resolve.Verdict;
import dev.etcdpg.testing.protocol.postgres.InMemoryTables.Conflict;
import dev.etcdpg.testing.protocol.postgres.InMemoryTables.Ended;
import dev.etcdpg.testing.protocol.postgres.InMemoryTables.Entry;
import dev.etcdpg.testing.protocol.postgres.InMemoryTables.Place;
import dev.etcdpg.testing.protocol.postgres.InMemoryTables.Request;
import dev.etcdpg.testing.protocol.postgres.InMemoryTables.Wal;
import dev.etcdpg.testing.protocol.run.Flag;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.SinkRecord;

/** Applies segments in memory, as the sink's stores do in SQL. The sink's own rules decide. */
public final class InMemorySegmentStore implements SegmentStore, LossRequests.Ledger {

    private final InMemoryPostgres postgres;
    private final LossRequests losses;
    private final AblatedRules decision;
    private final Set<Flag> flags;
    /** Inputs that were deferred without a queue, for {@link Flag#NO_DEFERRED_QUEUE}. */
    private final Map<String, List<KeyInput>> unqueued = new LinkedHashMap<>();

    private int incarnation;

    InMemorySegmentStore(InMemoryPostgres postgres, LossRequests losses, AblatedRules decision, Set<Flag> flags) {
        this.postgres = postgres;
        this.losses = losses;
        this.decision = decision;
        this.flags = flags;
        this.incarnation = postgres.incarnation();
    }

    private InMemoryTables db() {
        return postgres.db();
    }

    @Override
    public PartitionState load(TopicPartition partition, Route route) {
        incarnation = postgres.incarnation();
        int p = partition.partition();
        Map<KeyRange, Long> chain = new HashMap<>();
        db().chain.forEach((place, number) -> {
            if (place.partition() == p) {
                chain.put(place.range(), number);
            }
        });
        Map<KeyRange, UntrustedRange> untrusted = new HashMap<>();
        db().untrusted.forEach((place, b) -> {
            if (place.partition() == p) {
                untrusted.put(place.range(), b);
            }
        });
        return new PartitionState(
                partition,
                route,
                db().next.getOrDefault(p, -1L),
                chain,
                untrusted,
                db().sources.getOrDefault(p, Map.of()));
    }

    @Override
    public List<PartitionState> apply(List<Segment> segments, boolean retry) throws SQLException {
        if (incarnation != postgres.incarnation()) {
            throw new SQLException("the connection is lost", "08006");
        }
        postgres.mayFail(true);
        List<PartitionState> states = new ArrayList<>();
        for (Segment segment : segments) {
            PartitionState state = segment.state().copy();
            losses.request(this, state);
            if (flags.contains(Flag.NO_DISTRUST)) {
                // as if the sink trusted answers as soon as it has requested a snapshot
                state.untrusted().trust(KeyRange.ALL, UntrustedRange.NOT_REQUESTED - 1);
                db().untrusted.clear();
            }
            applyUnqueued();
            new TreeMap<>(segment.work()).forEach((key, items) -> apply(state, key, items));
            Segment.RangeRecord last = segment.rangeRecord();
            if (last != null && last.content() instanceof EtcdRecord.Manifest manifest) {
                apply(state, manifest, last.record());
            } else if (last != null && last.content() instanceof EtcdRecord.End end) {
                apply(state, end);
            }
            save(state);
            states.add(state);
            if (last != null || !segment.gaps().isEmpty()) {
                postgres.changed();
            }
        }
        postgres.mayFail(false);
        for (int i = 0; i < states.size(); i++) {
            losses.committed(segments.get(i).state(), states.get(i));
        }
        return states;
    }

    private void save(PartitionState state) {
        int p = state.partition().partition();
        if (state.firstUnapplied() >= 0) {
            db().next.put(p, state.firstUnapplied());
        }
        db().sources.put(p, state.sources().all());
        state.appliedChain().forEach((range, number) -> db().chain.put(new Place(p, range), number));
    }

    @Override
    public long request(PartitionState state, KeyRange range, UntrustedRange untrusted) {
        return postgres.request(range, untrusted.epoch(), "records were lost");
    }

    @Override
    public void save(PartitionState state, KeyRange range, UntrustedRange untrusted) {
        db().untrusted.put(new Place(state.partition().partition(), range), untrusted);
    }

    // ---- keys

    private void applyUnqueued() {
        for (String key : List.copyOf(unqueued.keySet())) {
            if (!postgres.isLocked(key)) {
                decide(key, inputs(unqueued.remove(key)));
            }
        }
    }

    private void apply(PartitionState state, String key, List<KeyInput> items) {
        if (!decide(key, inputs(items))) {
            if (flags.contains(Flag.NO_DEFERRED_QUEUE)) {
                unqueued.computeIfAbsent(key, k -> new ArrayList<>()).addAll(items);
            } else {
                state.deferred().putBack(key, items);
            }
        }
    }

    private static List<Input> inputs(List<KeyInput> items) {
        return items.stream().map(KeyInput::input).toList();
    }

    private KeySyncState state(String key) {
        Entry m = db().entry(key);
        List<Wal> wal = db().waiting(key);
        Wal last = wal.isEmpty() ? null : wal.get(wal.size() - 1);
        boolean lostInsert = db().conflicts.stream()
                .anyMatch(c -> c.key().equals(key)
                        && c.base().revision() == 0
                        && c.send() != null
                        && c.change().value() != null
                        && !c.late());
        return new KeySyncState(
                m.mirror(),
                m.lastApplied(),
                m.settledId(),
                m.flight(),
                last == null ? 0 : last.id(),
                last == null ? Content.ABSENT : Content.of(last.value()),
                wal.stream().map(Wal::tx).distinct().count() <= 1,
                lostInsert);
    }

    /** @return false if an application has locked the row */
    private boolean decide(String key, List<Input> inputs) {
        PostgresSide.Row row = db().rows.get(key);
        if (postgres.isLocked(key) && row != null) {
            return false;
        }
        KeySyncState before = state(key);
        Verdict verdict = decision.fold(before, inputs);
        if (postgres.isLocked(key) && verdict.wantsRow()) {
            return false;
        }
        KeySyncState after = verdict.after();
        Entry entry = db().entry(key);
        String sent = after.flight() == null ? null : entry.sent();
        for (Effect effect : verdict.effects()) {
            if (effect instanceof Effect.Confirmed e
                    && verdict.effects().stream().noneMatch(Effect.HeldWaiting.class::isInstance)
                    && (before.flight() == null || before.flight().changeId() != e.through())) {
                checkUnsent(key, e.through());
            }
            sent = write(key, effect, after, sent);
        }
        if (before.lastApplied().isAfter(after.lastApplied())) {
            postgres.wrong("step-back: " + key + " from " + before.lastApplied() + " to " + after.lastApplied());
        }
        if (verdict.isChanged()) {
            db().mirror
                    .put(key, new Entry(after.mirror(), after.lastApplied(), after.settledId(), after.flight(), sent));
        }
        if (verdict.rowFollows()) {
            follow(key, verdict);
        }
        postgres.decided(key, inputs, verdict);
        return true;
    }

    /**
     * Nobody sent the changes that are confirmed. Only changes of one transaction count as one, so etcd needs only the last value of one. (Changes
     * that are held are one too, because the operator decides about them together.)
     */
    private void checkUnsent(String key, long through) {
        List<Wal> unsent =
                db().waiting(key).stream().filter(w -> w.id() <= through).toList();
        if (unsent.stream().map(Wal::tx).distinct().count() > 1) {
            postgres.wrong("skipped: " + unsent + " are confirmed, and etcd never had all their values");
        }
    }

    private String write(String key, Effect effect, KeySyncState after, String sent) {
        if (effect instanceof Effect.Applied e) {
            Input.Observed seen = e.seen();
            db().applied(new PostgresSide.Applied(key, seen.at(), seen.value(), e.confirms() != 0, seen.isSnapshot()));
        } else if (effect instanceof Effect.Confirmed e) {
            db().settle(key, e.through(), "confirmed");
        } else if (effect instanceof Effect.Lost e) {
            List<Wal> all = flags.contains(Flag.NO_LOSS)
                    ? db().notes(key, e.through(), "lost")
                    : db().settle(key, e.through(), "lost");
            for (Wal lost : all) {
                boolean covered = lost.id() <= e.covered();
                db().conflicts
                        .add(new Conflict(
                                db().conflicts.size() + 1,
                                key,
                                lost,
                                covered && e.sendNumber() != 0 ? e.sendNumber() : null,
                                covered ? e.base() : e.waitingBase(),
                                e.won(),
                                false,
                                0));
                postgres.lost(key, lost.id(), e.won());
            }
        } else if (effect instanceof Effect.HeldWaiting e) {
            Flight flight = after.flight();
            if (flight != null && flight.changeId() == e.changeId()) {
                return db().waiting(key).stream()
                        .filter(w -> w.id() == e.changeId())
                        .findFirst()
                        .map(Wal::value)
                        .orElse(null);
            }
        } else if (effect instanceof Effect.AppliedLate e) {
            late(key, e);
        } else if (effect instanceof Effect.NewEpoch e) {
            postgres.newEpoch(e.found(), e.reason());
        }
        return sent;
    }

    private void late(String key, Effect.AppliedLate late) {
        for (int i = db().conflicts.size() - 1; i >= 0; i--) {
            Conflict c = db().conflicts.get(i);
            boolean candidate = c.key().equals(key)
                    && c.base().revision() == 0
                    && c.send() != null
                    && !c.late()
                    && c.change().value() != null
                    && Content.of(c.change().value()).equals(late.content());
            if (candidate) {
                db().conflicts.set(i, new Conflict(c.id(), key, c.change(), c.send(), c.base(), c.won(), true, 0));
                return;
            }
        }
    }

    private void follow(String key, Verdict verdict) {
        if (!verdict.wantsRow()) {
            db().rows.remove(key);
            return;
        }
        long revision = verdict.after().mirror().revision();
        String value = verdict.value();
        for (int i = db().history.size() - 1; i >= 0 && value == null; i--) {
            PostgresSide.Applied entry = db().history.get(i);
            Revision at = new Revision(verdict.after().mirror().epoch(), revision);
            if (entry.key().equals(key) && entry.at().equals(at)) {
                value = entry.value();
            }
        }
        if (value == null) {
            postgres.wrong("forgotten: the history lacks the mirrored revision of " + key);
            return;
        }
        db().rows.put(key, new PostgresSide.Row(value, revision));
    }

    // ---- manifests and end marks

    private void apply(PartitionState state, EtcdRecord.Manifest manifest, SinkRecord record) {
        Set<String> keys = new TreeSet<>(db().mirror.keySet());
        keys.addAll(db().wal.keySet());
        keys.addAll(state.deferred().within(manifest.page()));
        int partition = state.partition().partition();
        int of = flags.contains(Flag.NO_ONE_PARTITION) ? manifest.partitions() - 1 - partition : partition;
        for (String key : keys) {
            if (!manifest.page().contains(key) || !manifest.isOfPartition(key, of)) {
                continue;
            }
            KeyInput item = new KeyInput(
                    key, new Input.Read(manifest.at(), manifest.keys().contains(key)), manifest.chain(), record);
            if (state.deferred().contains(key)) {
                state.deferred().add(key, List.of(item));
            } else {
                apply(state, key, List.of(item));
            }
        }
    }

    private void apply(PartitionState state, EtcdRecord.End end) {
        int p = state.partition().partition();
        long epoch = end.at().epoch();
        Place place = new Place(p, end.range());
        Ended before = db().snapshots.get(place);
        boolean newer = before == null || !new Revision(before.epoch(), before.revision()).isAfter(end.at());
        db().snapshots
                .keySet()
                .removeIf(other -> other.partition() == p
                        && !other.equals(place)
                        && end.range().covers(other.range())
                        && !new Revision(
                                        db().snapshots.get(other).epoch(),
                                        db().snapshots.get(other).revision())
                                .isAfter(end.at()));
        if (newer) {
            long request = before == null ? end.request() : Math.max(before.request(), end.request());
            db().snapshots.put(place, new Ended(epoch, end.at().revision(), request));
        }
        db().requests
                .values()
                .removeIf(r -> r.isSnapshot() ? r.id() <= end.request() && isAnswered(p, r) : r.epoch() < epoch);
        db().requests
                .replaceAll((id, r) -> r.isSnapshot() && id > end.request() && r.epoch() < epoch && r.number() != 0
                        ? new Request(id, true, r.range(), epoch, r.reason(), 0)
                        : r);
        Map<KeyRange, UntrustedRange> known = state.untrusted().all();
        List<KeyRange> healed = state.untrusted().trust(end.range(), end.request());
        healed.forEach(range -> db().untrusted.remove(new Place(p, range)));
        state.untrusted().all().forEach((range, untrusted) -> {
            if (!untrusted.equals(known.get(range))) {
                save(state, range, untrusted);
            }
        });
        Set<Long> needed = new TreeSet<>();
        db().untrusted.values().forEach(untrusted -> needed.add(untrusted.request()));
        healed.stream()
                .map(range -> known.get(range).request())
                .filter(id -> !needed.contains(id))
                .forEach(id -> db().requests.values().removeIf(r -> r.isSnapshot() && r.id() == id && r.number() == 0));
    }

    /** Whether the snapshots that ended in this partition cover the range of the request. */
    private boolean isAnswered(int partition, Request request) {
        List<KeyRange> parts = db().snapshots.entrySet().stream()
                .filter(e -> e.getKey().partition() == partition && e.getValue().request() >= request.id())
                .map(e -> e.getKey().range())
                .toList();
        String point = request.range().after();
        while (true) {
            String at = point;
            KeyRange next = parts.stream()
                    .filter(part -> part.after().compareTo(at) <= 0
                            && (part.through().isEmpty() || part.through().compareTo(at) > 0))
                    .findFirst()
                    .orElse(null);
            if (next == null) {
                return false;
            } else if (next.through().isEmpty()
                    || !request.range().through().isEmpty()
                            && next.through().compareTo(request.range().through()) >= 0) {
                return true;
            }
            point = next.through();
        }
    }
}
