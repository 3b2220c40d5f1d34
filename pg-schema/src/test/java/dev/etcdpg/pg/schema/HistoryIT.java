package dev.etcdpg.pg.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Runs random histories of statements, events and dispatch, and compares the database with a reference that uses lists. */
class HistoryIT {

    private static final List<String> KEYS = List.of("/a/1", "/a/2", "/a/3");
    private static Db db;

    @BeforeContainer
    static void install() {
        db = Db.installed();
        db.run("set synchronous_commit = off; set etcd_sync.notify = off");
    }

    @AfterContainer
    static void close() {
        db.close();
    }

    /** Describes one step of a history. */
    sealed interface Step {
        /** An application executes statements in one transaction. */
        record Transaction(List<Statement> statements, boolean rolledBack) implements Step {}

        record Dispatch(int maxKeys, int conflateAfter) implements Step {}

        /** An event of etcd carries the change in flight. */
        record Confirmed(String key) implements Step {}

        /** An event of etcd carries another value. This value replaces the row and all pending changes of the key. */
        record Foreign(String key, String value) implements Step {}
    }

    record Statement(String kind, String key, String other, String value) {}

    /** Keeps the expected state of a key. */
    private static final class Reference {
        String row;
        String mirror;
        long revision;
        String sent;
        boolean inflight;
        final List<Change> waiting = new ArrayList<>();

        boolean isSettled() {
            return !inflight && waiting.isEmpty();
        }
    }

    private record Change(int transaction, String value) {}

    @Property(tries = 60, shrinking = ShrinkingMode.BOUNDED)
    void dispatchSendsWhatTheReferenceSends(@ForAll("histories") List<Step> history) {
        reset();
        Map<String, Reference> reference = new TreeMap<>();
        KEYS.forEach(key -> reference.put(key, new Reference()));
        long revision = 100;
        int transaction = 0;
        for (Step step : history) {
            revision++;
            transaction++;
            if (step instanceof Step.Transaction t) {
                run(t, transaction, reference);
            } else if (step instanceof Step.Dispatch d) {
                db.dispatch(d.maxKeys(), d.conflateAfter());
                reference.values().forEach(key -> dispatch(key, d.conflateAfter()));
            } else if (step instanceof Step.Confirmed c) {
                confirm(c.key(), revision, reference.get(c.key()));
            } else if (step instanceof Step.Foreign f) {
                foreign(f, revision, reference.get(f.key()));
            }
            compare(reference);
        }
        // after any history, all changes are settled if etcd accepts each of them
        for (int i = 0; i < 100 && !reference.values().stream().allMatch(Reference::isSettled); i++) {
            db.dispatch(1, 2);
            for (Map.Entry<String, Reference> key : reference.entrySet()) {
                dispatch(key.getValue(), 2);
                confirm(key.getKey(), ++revision, key.getValue());
            }
            compare(reference);
        }
        assertThat(db.rows("select * from etcd_differences('app')")).isEmpty();
        assertThat(db.rows("select key, value from app order by key"))
                .isEqualTo(reference.entrySet().stream()
                        .filter(e -> e.getValue().mirror != null)
                        .map(e -> e.getKey() + " " + e.getValue().mirror)
                        .toList());
    }

    private static void run(Step.Transaction t, int transaction, Map<String, Reference> reference) {
        Map<String, String> rows = new TreeMap<>();
        reference.forEach((key, state) -> rows.put(key, state.row == null ? "" : state.row));
        Map<String, List<Change>> appended = new TreeMap<>();
        db.begin();
        for (Statement s : t.statements()) {
            Map<String, String> before = Map.copyOf(rows);
            execute(s, rows);
            KEYS.forEach(key -> {
                if (!before.get(key).equals(rows.get(key))) {
                    appended.computeIfAbsent(key, k -> new ArrayList<>())
                            .add(new Change(transaction, rows.get(key).isEmpty() ? null : rows.get(key)));
                }
            });
        }
        if (t.rolledBack()) {
            db.rollback();
            return;
        }
        db.commit();
        appended.forEach((key, changes) -> reference.get(key).waiting.addAll(changes));
        rows.forEach((key, value) -> reference.get(key).row = value.isEmpty() ? null : value);
    }

    /**
     * Executes a statement in the database and applies the same change to {@code rows}.
     *
     * @param rows the value of each key; the empty string stands for an absent row
     */
    private static void execute(Statement s, Map<String, String> rows) {
        switch (s.kind()) {
            case "upsert" -> {
                db.rows(
                        "insert into app (key, value) values (?, ?) on conflict (key) do update set value = excluded.value"
                                + " returning 1",
                        s.key(),
                        s.value());
                rows.put(s.key(), s.value());
            }
            case "update all" -> {
                db.run("update app set value = '" + s.value() + "'");
                rows.replaceAll((key, value) -> value.isEmpty() ? "" : s.value());
            }
            case "delete" -> {
                db.rows("delete from app where key = ? returning 1", s.key());
                rows.put(s.key(), "");
            }
            case "rename" -> {
                if (!rows.get(s.key()).isEmpty() && rows.get(s.other()).isEmpty()) {
                    db.rows(
                            "update app set key = ?, value = ? where key = ? returning 1",
                            s.other(),
                            s.value(),
                            s.key());
                    rows.put(s.key(), "");
                    rows.put(s.other(), s.value());
                }
            }
            default -> throw new IllegalArgumentException(s.kind());
        }
    }

    private static void dispatch(Reference key, int conflateAfter) {
        while (!key.inflight && !key.waiting.isEmpty()) {
            int last = key.waiting.size() - 1;
            if (key.waiting.size() <= conflateAfter) {
                int first = key.waiting.get(0).transaction();
                while (key.waiting.get(last).transaction() != first) {
                    last--;
                }
            }
            String value = key.waiting.get(last).value();
            key.waiting.subList(0, last + 1).clear();
            if (!Objects.equals(value, key.mirror)) {
                key.inflight = true;
                key.sent = value;
            }
        }
    }

    private static void confirm(String name, long revision, Reference key) {
        if (key.inflight) {
            db.confirm(name, revision);
            key.inflight = false;
            key.mirror = key.sent;
            key.revision = revision;
        }
    }

    private static void foreign(Step.Foreign event, long revision, Reference key) {
        db.run("delete from etcd_wal where key = '" + event.key() + "'");
        db.run(
                "update etcd_mirror set status = null, change_id = null, sent_op = null, sent_value = null, next_action = null where key = '"
                        + event.key() + "'");
        db.mirror(event.key(), event.value(), 10, revision);
        key.waiting.clear();
        key.inflight = false;
        key.row = event.value();
        key.mirror = event.value();
        key.revision = revision;
    }

    private static void compare(Map<String, Reference> reference) {
        List<String> rows = new ArrayList<>();
        List<String> inflight = new ArrayList<>();
        List<String> waiting = new ArrayList<>();
        reference.forEach((name, key) -> {
            if (key.row != null) {
                rows.add(name + " " + key.row + (key.isSettled() ? " " + key.revision : " -"));
            }
            if (key.inflight) {
                inflight.add(name + (key.sent == null ? " delete -" : " put " + key.sent) + " "
                        + (key.mirror == null ? 0 : key.revision));
            }
            key.waiting.forEach(change -> waiting.add(name + " " + (change.value() == null ? "-" : change.value())));
        });
        assertThat(db.rows(
                        "select key, value, case when not exists (select from etcd_wal w where w.key = app.key) then mod_revision end"
                                + " from app order by key"))
                .isEqualTo(rows);
        assertThat(db.inflight()).isEqualTo(inflight);
        assertThat(db.rows("select key, value from etcd_pending where status = 'waiting' order by key, id"))
                .isEqualTo(waiting);
    }

    private static void reset() {
        db.run(
                "set session_replication_role = replica; delete from app; set session_replication_role = origin;"
                        + " delete from etcd_wal; delete from etcd_mirror; delete from etcd_dispatch_queue; delete from etcd_history");
    }

    @Provide
    Arbitrary<List<Step>> histories() {
        Arbitrary<String> key = Arbitraries.of(KEYS);
        Arbitrary<String> value = Arbitraries.of("x", "y", "z");
        Arbitrary<Statement> statement = Combinators.combine(
                        Arbitraries.frequencyOf(
                                Tuple.of(5, Arbitraries.just("upsert")),
                                Tuple.of(3, Arbitraries.just("delete")),
                                Tuple.of(1, Arbitraries.just("update all")),
                                Tuple.of(1, Arbitraries.just("rename"))),
                        key,
                        key,
                        value)
                .as(Statement::new);
        Arbitrary<Step> transaction = Combinators.combine(
                        statement.list().ofMinSize(1).ofMaxSize(3), Arbitraries.of(false, false, false, true))
                .as(Step.Transaction::new);
        Arbitrary<Step> dispatch = Combinators.combine(Arbitraries.of(1, 2, 100), Arbitraries.of(0, 1, 2, 10))
                .as(Step.Dispatch::new);
        Arbitrary<Step> confirmed = key.map(Step.Confirmed::new);
        Arbitrary<Step> foreign =
                Combinators.combine(key, value.injectNull(0.3)).as(Step.Foreign::new);
        return Arbitraries.frequencyOf(
                        Tuple.of(5, transaction), Tuple.of(3, dispatch), Tuple.of(3, confirmed), Tuple.of(1, foreign))
                .list()
                .ofMinSize(1)
                .ofMaxSize(30);
    }
}
