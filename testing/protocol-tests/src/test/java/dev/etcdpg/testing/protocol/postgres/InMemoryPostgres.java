package dev.etcdpg.testing.protocol.postgres;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.core.Revision;
import dev.etcdpg.core.Route;
import dev.etcdpg.pg.sink.read.ForeignSourcePolicy;
import dev.etcdpg.pg.sink.read.KnownSources;
import dev.etcdpg.pg.sink.resolve.ConflictPolicy;
import dev.etcdpg.pg.sink.resolve.Content;
import dev.etcdpg.pg.sink.resolve.Flight;
import dev.etcdpg.pg.sink.resolve.Input;
import dev.etcdpg.pg.sink.resolve.Rules;
import dev.etcdpg.pg.sink.resolve.Verdict;
import dev.etcdpg.pg.source.SendOffset;
import dev.etcdpg.pg.source.SendRecords;
import dev.etcdpg.pg.source.SendTopics;
import dev.etcdpg.pg.source.Sender;
import dev.etcdpg.testing.kit.TestClock;
import dev.etcdpg.testing.protocol.kafka.SinkRunner;
import dev.etcdpg.testing.protocol.run.Flag;
import dev.etcdpg.testing.protocol.run.Run;
import dev.etcdpg.testing.protocol.run.Story;
import dev.etcdpg.testing.protocol.run.WorldLayout;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.SinkTaskContext;
import org.apache.kafka.connect.source.SourceRecord;

/** PostgreSQL in memory. Triggers and dispatch are written again in Java. The sink's record reader and rules are the real code. */
public final class InMemoryPostgres implements PostgresSide {

    private static final String ORIGIN = "00000000-0000-4000-8000-00000000000";
    private static final String DATABASE = "database-";

    private final Route route = WorldLayout.ROUTE;
    private final int partitions = WorldLayout.PARTITIONS;
    private final Run run;
    private final TestClock clock;
    private final Set<Flag> flags;
    private final Story story;
    private final Authors authors;
    private final ConflictPolicy policy;
    private final int number;
    private int origin = 1;
    private InMemoryTables db = new InMemoryTables();
    private InMemoryTables backup;
    private Write open;
    private int incarnation;
    private long version;
    private boolean flickers;
    private boolean failsBefore;
    private boolean failsAfter;

    public InMemoryPostgres(Run run, Authors authors) {
        this(run, authors, 1);
    }

    private InMemoryPostgres(Run run, Authors authors, int number) {
        this.number = number;
        this.run = run;
        this.clock = run.clock;
        this.flags = run.flags;
        this.story = run.story;
        this.authors = authors;
        this.policy = flags.contains(Flag.POSTGRES_WINS)
                ? ConflictPolicy.POSTGRES_WINS
                : flags.contains(Flag.MANUAL) ? ConflictPolicy.MANUAL : ConflictPolicy.ETCD_WINS;
    }

    public InMemoryTables db() {
        return db;
    }

    /** Returns the number of restores. */
    int incarnation() {
        return incarnation;
    }

    void wrong(String what) {
        run.wrong.add(what);
    }

    void changed() {
        version++;
    }

    @Override
    public void failNext(boolean before) {
        failsBefore = before;
        failsAfter = !before;
    }

    void mayFail(boolean before) throws SQLException {
        if (before ? failsBefore : failsAfter) {
            failsBefore = false;
            failsAfter = false;
            story.tell(() -> "postgres: the connection is lost " + (before ? "before" : "after") + " the commit");
            throw new SQLException("the connection is lost", "08006");
        }
    }

    @Override
    public boolean flickers() {
        return flickers;
    }

    @Override
    public String origin() {
        return ORIGIN + origin;
    }

    @Override
    public String database() {
        return DATABASE + number;
    }

    @Override
    public InMemoryPostgres copy() {
        InMemoryPostgres copy = new InMemoryPostgres(run, authors, number + 1);
        copy.db = new InMemoryTables(db);
        copy.origin = origin;
        return copy;
    }

    @Override
    public void acceptSource(String name) {
        db.sources.replaceAll((partition, sources) -> sources.entrySet().stream()
                .filter(source -> !source.getKey().name().equals(name) || source.getValue() == KnownSources.CURRENT)
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
    }

    @Override
    public void becomeOriginal() {
        origin += number + 1; // a copy and its original do not choose the same origin
        db.mirror.replaceAll((key, m) -> m.flight() == null || !m.flight().isInflight()
                ? m
                : new InMemoryTables.Entry(
                        m.mirror(),
                        m.lastApplied(),
                        m.settledId(),
                        new Flight(
                                Flight.Status.INFLIGHT,
                                m.flight().changeId(),
                                m.flight().sent(),
                                m.flight().sendNumber(),
                                0,
                                Flight.NextAction.SEND,
                                m.flight().base(),
                                null),
                        m.sent()));
        db.requests.replaceAll(
                (id, r) -> new InMemoryTables.Request(r.id(), r.isSnapshot(), r.range(), r.epoch(), r.reason(), 0));
        version++;
    }

    // ---- applications

    @Override
    public void transact(List<Write> writes) {
        db.lastTx++;
        Map<String, String> rows = new TreeMap<>();
        db.rows.forEach((key, row) -> rows.put(key, row.value()));
        for (Write write : writes) {
            Row row = db.rows.get(write.key());
            String now = row == null ? null : row.value();
            if (java.util.Objects.equals(now, write.value())) {
                continue;
            }
            long id = ++db.lastWal;
            db.wal
                    .computeIfAbsent(write.key(), k -> new ArrayList<>())
                    .add(new InMemoryTables.Wal(id, write.value(), db.lastTx));
            if (write.value() == null) {
                db.rows.remove(write.key());
            } else {
                db.rows.put(write.key(), new Row(write.value(), row == null ? 0 : row.modRevision()));
            }
            long tx = db.lastTx;
            story.tell(() -> "sql: " + write.key() + " = " + write.value() + " W" + id + " tx " + tx);
            version++;
        }
    }

    @Override
    public boolean open(Write write) {
        if (open != null) {
            return false;
        }
        open = write;
        story.tell(() -> "sql: an open transaction sets " + write.key() + " = " + write.value());
        return true;
    }

    @Override
    public boolean isOpen() {
        return open != null;
    }

    @Override
    public void end(boolean commit) {
        Write write = open;
        open = null;
        story.tell(() -> "sql: the open transaction " + (commit ? "commits" : "is rolled back"));
        if (commit) {
            transact(List.of(write));
        }
        version++;
    }

    boolean isLocked(String key) {
        return open != null && open.key().equals(key);
    }

    // ---- the sink

    @Override
    public SinkRunner.Task sink(SinkTaskContext context, TopicPartition partition, boolean skipsForeignSources) {
        return new InMemoryPgSink(
                context,
                clock,
                route,
                partition,
                origin(),
                skipsForeignSources ? ForeignSourcePolicy.SKIP : ForeignSourcePolicy.FAIL,
                losses -> new InMemorySegmentStore(
                        this, losses, new AblatedRules(new Rules(policy, origin()), flags), flags));
    }

    @Override
    public boolean owesWork(SinkRunner.Task sink) {
        return ((InMemoryPgSink) sink).owesWork();
    }

    void decided(String key, List<Input> inputs, Verdict verdict) {
        if (verdict.isChanged() || !verdict.effects().isEmpty()) {
            version++;
            story.tell(() -> "pg sink: " + key + " "
                    + inputs.stream().map(InMemoryPostgres::tell).toList() + " -> " + tell(verdict));
        }
    }

    private static String tell(Input input) {
        if (input instanceof Input.Observed seen) {
            return (seen.isSnapshot() ? "snapshot@" + seen.snapshotRevision() + " " : "") + "event " + seen.value()
                    + "@" + seen.at();
        } else if (input instanceof Input.Answered answer) {
            return "answer " + answer.outcome() + " of " + answer.of() + "@" + answer.at();
        }
        return "manifest" + (((Input.Read) input).listed() ? " (listed)" : "") + "@" + input.at();
    }

    private static String tell(Verdict verdict) {
        Flight flight = verdict.after().flight();
        return verdict.effects().stream().map(e -> e.getClass().getSimpleName()).toList()
                + (verdict.rowFollows() ? " row follows" : "")
                + (flight == null
                        ? ""
                        : " " + flight.status() + " W" + flight.changeId()
                                + (flight.nextAction() == null ? "" : " due " + flight.nextAction()));
    }

    public void lost(String key, long change, Revision won) {
        story.tell(() -> "   W" + change + " of " + key + " lost to " + won);
        flickers |= authors.change(won) == change;
    }

    long request(KeyRange range, long epoch, String reason) {
        for (InMemoryTables.Request r : db.requests.values()) {
            if (r.isSnapshot() && r.range().equals(range) && r.number() == 0) {
                return r.id();
            }
        }
        long id = nextRequest();
        db.requests.put(id, new InMemoryTables.Request(id, true, range, epoch, reason, 0));
        story.tell(() -> "postgres: request " + id + ", " + reason);
        version++;
        return id;
    }

    void newEpoch(long found, String reason) {
        if (db.requests.values().stream().noneMatch(r -> !r.isSnapshot() && r.epoch() == found)) {
            long id = nextRequest();
            db.requests.put(id, new InMemoryTables.Request(id, false, KeyRange.ALL, found, reason, 0));
            version++;
            story.tell(() -> "postgres: requests a new epoch after " + found + ": " + reason);
        }
    }

    private long nextRequest() {
        long highest = db.requests.keySet().stream().reduce(0L, Math::max);
        return Math.max(highest + 1, clock.millis() * 1_000);
    }

    // ---- dispatch and the source

    @Override
    public void dispatch() {
        if (dispatcher().run(clock.millis() * 1_000, this::isLocked)) {
            version++;
        }
    }

    private InMemoryDispatch dispatcher() {
        return new InMemoryDispatch(db, flags, route, partitions);
    }

    @Override
    public Source source(Map<String, ?> stored) {
        return new MemorySource(stored);
    }

    private final class MemorySource implements Source {

        private final SendTopics topics = new SendTopics("pg", partitions, "pg.conflicts");
        private SendRecords records;
        private int connectedTo = incarnation;

        MemorySource(Map<String, ?> stored) {
            records = new SendRecords(sender(), topics, SendOffset.of(stored));
            raise();
        }

        private void raise() {
            if (!flags.contains(Flag.NO_RAISED_COUNTER)) {
                db.lastNumber = Math.max(db.lastNumber, records.number());
            }
        }

        @Override
        public List<SourceRecord> poll() {
            if (connectedTo != incarnation) {
                records = new SendRecords(sender(), topics, records.offset());
                raise();
                connectedTo = incarnation;
            }
            dispatch();
            return dispatcher().sends(records.number()).stream()
                    .map(records::record)
                    .toList();
        }

        @Override
        public List<SourceRecord> heartbeats() {
            List<SourceRecord> beats = new ArrayList<>();
            for (int p = 0; p < partitions && !flags.contains(Flag.NO_HEARTBEAT); p++) {
                beats.add(records.heartbeat(route, p));
            }
            return beats;
        }

        private Sender sender() {
            return new Sender(origin(), database());
        }

        @Override
        public Map<String, ?> offset() {
            return records.offset().toMap();
        }

        @Override
        public void close() {}
    }

    // ---- operators

    @Override
    public void prune(int keep) {
        db.prune(keep, !flags.contains(Flag.NO_KEPT_REVISION));
        version++;
    }

    @Override
    public void resync() {
        long id = nextRequest();
        db.requests.put(id, new InMemoryTables.Request(id, true, KeyRange.ALL, 0, "etcd_resync", 0));
        story.tell(() -> "postgres: request " + id + ", etcd_resync");
        version++;
    }

    @Override
    public boolean resolve(boolean postgres) {
        boolean any = false;
        for (Map.Entry<String, InMemoryTables.Entry> held : List.copyOf(db.mirror.entrySet())) {
            String key = held.getKey();
            InMemoryTables.Entry m = held.getValue();
            Flight f = m.flight();
            if (f == null || f.isInflight() || isLocked(key)) {
                continue;
            }
            any = true;
            story.tell(() -> "operator: " + key + " W" + f.changeId() + (postgres ? " is sent again" : " is given up"));
            if (postgres) {
                Flight again = new Flight(
                        Flight.Status.INFLIGHT,
                        f.changeId(),
                        f.sent(),
                        f.sendNumber(),
                        f.probeNumber(),
                        Flight.NextAction.SEND,
                        f.base(),
                        null);
                db.mirror.put(
                        key, new InMemoryTables.Entry(m.mirror(), m.lastApplied(), m.settledId(), again, m.sent()));
                continue;
            }
            for (InMemoryTables.Wal lost : db.settle(key, f.changeId(), "lost")) {
                db.conflicts.add(new InMemoryTables.Conflict(
                        db.conflicts.size() + 1,
                        key,
                        lost,
                        lost.id() == f.changeId() && f.sendNumber() != 0 ? f.sendNumber() : null,
                        f.base(),
                        m.mirror().base(),
                        false,
                        0));
            }
            db.mirror.put(key, new InMemoryTables.Entry(m.mirror(), m.lastApplied(), f.changeId(), null, null));
            if (db.waiting(key).isEmpty()) {
                follow(key);
            }
        }
        version += any ? 1 : 0;
        return any;
    }

    private void follow(String key) {
        Content content = db.entry(key).mirror().content();
        if (!content.isValue()) {
            db.rows.remove(key);
            return;
        }
        long revision = db.entry(key).mirror().revision();
        db.history.stream()
                .filter(h -> h.key().equals(key)
                        && h.at().revision() == revision
                        && Content.of(h.value()).equals(content))
                .reduce((a, b) -> b)
                .ifPresentOrElse(
                        h -> db.rows.put(key, new Row(h.value(), revision)),
                        () -> wrong("forgotten: the history lacks the mirrored revision of " + key));
    }

    @Override
    public boolean hasBackup() {
        return backup != null;
    }

    @Override
    public void backUp() {
        backup = new InMemoryTables(db);
    }

    @Override
    public void restore() {
        db = new InMemoryTables(backup);
        open = null;
        incarnation++;
        version++;
    }

    // ---- content

    @Override
    public long change(String key, long send) {
        Flight flight = db.entry(key).flight();
        return flight != null && flight.sendNumber() == send ? flight.changeId() : 0;
    }

    @Override
    public String applied(String key, Revision at) {
        return db.allHistory.stream()
                .filter(h -> h.key().equals(key) && h.at().revision() == at.revision() && h.at().epoch() <= at.epoch())
                .reduce((a, b) -> b)
                .map(Applied::value)
                .orElse(null);
    }

    @Override
    public long version() {
        return version;
    }

    @Override
    public Contents contents() {
        Map<String, Mirrored> mirror = new LinkedHashMap<>();
        Set<String> pending = new TreeSet<>(db.wal.keySet());
        Set<String> held = new TreeSet<>();
        db.mirror.forEach((key, m) -> {
            if (m.mirror().revision() != 0) {
                String value = db.history.stream()
                        .filter(h ->
                                h.key().equals(key) && h.at().equals(m.mirror().base()))
                        .reduce((a, b) -> b)
                        .map(Applied::value)
                        .orElse(null);
                mirror.put(
                        key,
                        new Mirrored(
                                m.mirror().base(), value, m.mirror().content().kind() == Content.Kind.UNREPRESENTABLE));
            }
            if (m.flight() != null) {
                pending.add(key);
                if (!m.flight().isInflight()) {
                    held.add(key);
                }
            }
        });
        return new Contents(
                new TreeMap<>(db.rows),
                mirror,
                List.copyOf(db.history),
                pending,
                held,
                db.conflicts.size(),
                db.requests.size());
    }

    @Override
    public List<String> outcomes() {
        List<String> wrong = new ArrayList<>();
        if (!unreported().isEmpty()) {
            wrong.add("unreported: " + unreported());
        }
        if (!twice().isEmpty()) {
            wrong.add("outcomes: " + twice());
        }
        return wrong;
    }

    /** Returns the local changes with more than one outcome. */
    private List<String> twice() {
        return db.outcomes.entrySet().stream()
                .filter(e -> e.getValue().contains(","))
                .map(e -> "W" + e.getKey() + " is " + e.getValue())
                .toList();
    }

    /** Returns the local changes without an outcome. */
    private List<Long> unreported() {
        List<Long> ids = new ArrayList<>();
        for (long id = 1; id <= db.lastWal; id++) {
            if (!db.outcomes.containsKey(id)) {
                ids.add(id);
            }
        }
        return ids;
    }

    @Override
    public void close() {}
}
