package dev.etcdpg.testing.protocol.postgres;

import dev.etcdpg.core.KeyPartitioner;
import dev.etcdpg.core.Revision;
import dev.etcdpg.core.Route;
import dev.etcdpg.pg.sink.resolve.Content;
import dev.etcdpg.pg.sink.resolve.Flight;
import dev.etcdpg.pg.source.Send;
import dev.etcdpg.testing.protocol.postgres.InMemoryTables.Entry;
import dev.etcdpg.testing.protocol.postgres.InMemoryTables.Wal;
import dev.etcdpg.testing.protocol.run.Flag;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/** Dispatch in memory, as pg-schema has it in SQL: chooses the changes to send, and gives them numbers. */
public final class InMemoryDispatch {

    private record Choice(String key, long order, Flight.NextAction action, long id, String value, long floor) {}

    private final InMemoryTables db;
    private final Set<Flag> flags;
    private final int partitions;
    private final Route route;
    private long number;

    InMemoryDispatch(InMemoryTables db, Set<Flag> flags, Route route, int partitions) {
        this.db = db;
        this.flags = flags;
        this.route = route;
        this.partitions = partitions;
    }

    /** @param locked whether an application has locked the row of a key */
    boolean run(long nowMicros, Predicate<String> locked) {
        long before = db.lastNumber;
        number = flags.contains(Flag.NO_CLOCK) ? db.lastNumber : Math.max(db.lastNumber, nowMicros - 1);
        long base = number;
        db.conflicts.replaceAll(c -> c.number() != 0
                ? c
                : new InMemoryTables.Conflict(
                        c.id(), c.key(), c.change(), c.send(), c.base(), c.won(), c.late(), ++number));
        db.requests.replaceAll((id, r) -> r.number() != 0
                ? r
                : new InMemoryTables.Request(r.id(), r.isSnapshot(), r.range(), r.epoch(), r.reason(), ++number));
        List<Choice> choices = new ArrayList<>();
        Set<String> keys = new TreeSet<>(db.wal.keySet());
        db.mirror.forEach((key, entry) -> {
            if (entry.flight() != null && entry.flight().nextAction() != null) {
                keys.add(key);
            }
        });
        for (String key : keys) {
            OptionalLong floor = floor(key);
            if (floor.isPresent() || flags.contains(Flag.NO_FIRST_SNAPSHOT)) {
                choose(key, floor.orElse(0), locked.test(key), choices);
            }
        }
        choices.sort(Comparator.comparingLong(Choice::order).thenComparing(Choice::key));
        choices.forEach(this::give);
        if (number > base) {
            db.lastNumber = number;
        }
        return db.lastNumber != before;
    }

    private OptionalLong floor(String key) {
        int partition = KeyPartitioner.partition(key, partitions);
        return db.snapshots.entrySet().stream()
                .filter(e -> e.getKey().partition() == partition
                        && e.getKey().range().contains(key))
                .mapToLong(e -> e.getValue().epoch())
                .max();
    }

    private void choose(String key, long floor, boolean locked, List<Choice> choices) {
        while (true) {
            Entry m = db.entry(key);
            boolean sendsNext = flags.contains(Flag.NO_ONE_IN_FLIGHT)
                    && m.flight() != null
                    && m.flight().isInflight()
                    && m.flight().nextAction() == null;
            if (m.flight() != null && !sendsNext) {
                if (m.flight().nextAction() != null) {
                    choices.add(
                            new Choice(key, m.flight().changeId(), m.flight().nextAction(), 0, m.sent(), floor));
                }
                return;
            }
            long sent = sendsNext ? m.flight().changeId() : 0;
            List<Wal> waiting =
                    db.waiting(key).stream().filter(w -> w.id() > sent).toList();
            if (waiting.isEmpty()) {
                return;
            }
            Wal last = waiting.get(waiting.size() - 1);
            long firstTx = waiting.get(0).tx();
            Wal chosen = waiting.size() > (flags.contains(Flag.CONFLATE) ? 1 : 10)
                    ? last
                    : waiting.stream()
                            .filter(w -> w.tx() == firstTx)
                            .reduce((a, b) -> b)
                            .orElseThrow();
            PostgresSide.Row row = db.rows.get(key);
            String value = chosen != last ? chosen.value() : row == null ? null : row.value();
            if (!Content.of(value).sameAs(m.mirror().content())) {
                choices.add(new Choice(key, chosen.id(), null, chosen.id(), value, floor));
                return;
            }
            if (chosen == last && row != null && locked) {
                return;
            }
            db.settle(key, chosen.id(), "confirmed");
            db.mirror.put(key, new Entry(m.mirror(), m.lastApplied(), chosen.id(), null, null));
            if (chosen == last && row != null) {
                db.rows.put(key, new PostgresSide.Row(row.value(), m.mirror().revision()));
            }
        }
    }

    private void give(Choice c) {
        Entry m = db.entry(c.key);
        Flight f = m.flight();
        number++;
        Flight next;
        if (c.action == Flight.NextAction.PROBE) {
            next = new Flight(f.status(), f.changeId(), f.sent(), f.sendNumber(), number, null, f.base(), null);
        } else {
            // a revision belongs to the epoch in which it was mirrored; each later snapshot says again that an absent
            // key is absent
            boolean isAsMirrored = flags.contains(Flag.NO_EPOCH_BASE)
                    || m.mirror().revision() != 0 && !flags.contains(Flag.NO_EPOCH_OF_REVISION);
            long epoch = isAsMirrored ? m.mirror().epoch() : Math.max(m.mirror().epoch(), c.floor);
            boolean asBefore = c.action != null && flags.contains(Flag.NO_NEW_BASE);
            Revision on = asBefore ? f.base() : new Revision(epoch, m.mirror().revision());
            next = new Flight(
                    Flight.Status.INFLIGHT,
                    c.action == null ? c.id : f.changeId(),
                    c.action == null ? Content.of(c.value) : f.sent(),
                    number,
                    0,
                    null,
                    on,
                    null);
        }
        db.mirror.put(c.key, new Entry(m.mirror(), m.lastApplied(), m.settledId(), next, c.value));
    }

    /** Returns the sends with numbers above {@code after} that are still needed, in order. */
    List<Send> sends(long after) {
        List<Send> sends = new ArrayList<>();
        db.mirror.forEach((key, m) -> {
            Flight f = m.flight();
            if (f == null || !f.isInflight() || f.nextAction() == Flight.NextAction.SEND) {
                return;
            }
            if (f.sendNumber() > after) {
                sends.add(new Send.Change(
                        f.sendNumber(),
                        route,
                        key,
                        m.sent(),
                        f.base(),
                        m.mirror().lease(),
                        "W" + f.changeId()));
            }
            if (f.probeNumber() > after) {
                sends.add(new Send.Probe(f.probeNumber(), route, key, f.sendNumber()));
            }
        });
        db.requests.values().stream()
                .filter(r -> r.number() > after)
                .map(r -> r.isSnapshot()
                        ? new Send.SnapshotRequest(r.number(), route, r.range(), r.id())
                        : new Send.NewEpochRequest(r.number(), route, r.epoch(), r.reason()))
                .forEach(sends::add);
        db.conflicts.stream()
                .filter(c -> c.number() > after)
                .map(c -> new Send.Conflict(
                        c.number(),
                        route.name(),
                        c.key(),
                        c.change().value(),
                        "W" + c.change().id(),
                        Instant.EPOCH,
                        c.change().id(),
                        c.send(),
                        c.base(),
                        c.won(),
                        "lost",
                        c.late()))
                .forEach(sends::add);
        sends.sort(Comparator.comparingLong(Send::number));
        return sends;
    }
}
