package dev.etcdpg.pg.schema;

import static org.assertj.core.api.Assertions.assertThat;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.core.Route;
import dev.etcdpg.pg.schema.DispatchOracle.Change;
import dev.etcdpg.pg.schema.DispatchOracle.Outcome;
import dev.etcdpg.pg.schema.DispatchOracle.State;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares each decision of dispatch, in every state of a key, with {@link DispatchOracle}. */
class DispatchDecisionIT {

    private static final List<String> CONTENTS = Collections.unmodifiableList(Arrays.asList(null, "A", "B"));

    private Db db;

    @BeforeEach
    void install() {
        db = Db.installed();
    }

    @AfterEach
    void close() {
        db.close();
    }

    @Test
    void theActionDependsOnTheChangeInFlightAndOnWhatEtcdHas() {
        List<String> rows =
                db.rows("select s, a, op, h, rev, m, u, etcd_dispatch_action(s, a, op, h::bytea, rev, m::bytea, u)"
                        + " from unnest(array[null, 'inflight', 'held']) s, unnest(array[null, 'send', 'probe']) a,"
                        + " unnest(array[null, 'put', 'delete']) op, unnest(array[null, 'A', 'B']) h, unnest(array[0, 7]) rev,"
                        + " unnest(array[null, 'A', 'B']) m, unnest(array[false, true]) u");
        assertThat(rows).hasSize(3 * 3 * 3 * 3 * 2 * 3 * 2).allSatisfy(row -> {
            String[] c = row.split(" ");
            assertThat(c[7]).as(row).isEqualTo(action(c[0], c[1], c[2], c[3], c[4], c[5], c[6].equals("t")));
        });
    }

    private static String action(
            String status, String due, String op, String hash, String revision, String mirrored, boolean unknown) {
        if (!status.equals("-")) {
            return due;
        }
        if (op.equals("-")) {
            return "-";
        }
        boolean isAbsent = revision.equals("0");
        boolean isThere = op.equals("put") ? !isAbsent && !hash.equals("-") && hash.equals(mirrored) : isAbsent;
        return isThere && !unknown ? "confirm" : "send";
    }

    @Test
    void theNextChangeIsTheLastIfTooManyWait() {
        assertThat(
                        db.rows(
                                "select w, c, etcd_next_change(w, c, 1, 2) from generate_series(0, 12) w, generate_series(0, 12) c"))
                .hasSize(13 * 13)
                .allSatisfy(row -> {
                    String[] c = row.split(" ");
                    assertThat(c[2]).as(row).isEqualTo(Integer.parseInt(c[0]) > Integer.parseInt(c[1]) ? "2" : "1");
                });
        assertThat(db.one("select etcd_next_change(null, 10, null, null)")).isEqualTo("-");
    }

    @Test
    void theEpochOfARevisionIsItsOwnAndThatOfAnAbsentKeyTheLatestKnown() {
        assertThat(db.rows(
                        "select e, r, s, etcd_base_epoch(e, r, s) from generate_series(0, 3) e, generate_series(0, 3) s,"
                                + " unnest(array[0, 7]) r"))
                .hasSize(32)
                .allSatisfy(row -> {
                    String[] c = row.split(" ");
                    long mirrored = Long.parseLong(c[0]);
                    long expected = c[1].equals("0") ? Math.max(mirrored, Long.parseLong(c[2])) : mirrored;
                    assertThat(Long.parseLong(c[3])).as(row).isEqualTo(expected);
                });
    }

    @Test
    void theLimitsAreThoseOfTheConnectors() {
        assertThat(db.number("select etcd_max_key_bytes()")).isEqualTo(Route.MAX_KEY_BYTES);
        assertThat(db.number("select etcd_max_bound_bytes()")).isEqualTo(KeyRange.MAX_BOUND_BYTES);
        assertThat(db.number("select etcd_max_entry_bytes()")).isEqualTo((3 << 19) - 1024);
        assertThat(db.number("select etcd_entry_bytes('ä', 'xyz')")).isEqualTo(3 + 3 * 2);
    }

    /** Compares the first decision about each key, and the state of each key after dispatch. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 10})
    void everyStateOfAKeyIsDispatchedAsTheModelDoes(int conflateAfter) {
        Map<String, State> states = states();
        assertThat(states).hasSizeGreaterThan(7_000);
        load(states);
        db.begin();
        // Dispatch may wait for rows during a quarter of deadlock_timeout. Dispatch queues the rows that remain.
        // No row remains with this timeout, even on a slow machine.
        db.run("set local deadlock_timeout = '10min'");

        List<String> expected = new ArrayList<>();
        states.forEach((key, state) -> {
            Outcome first = DispatchOracle.first(state, conflateAfter);
            if (first.action() != null) {
                expected.add(String.join(" ", key, first.action(), text(first.change()), text(first.value())));
            }
        });
        assertThat(db.rows(
                        "select key, action, id, value from etcd_choose_changes('app', 'public.app',"
                                + " (select array_agg(key) from etcd_mirror), (select array_agg(11::bigint) from etcd_mirror), ?) order by key",
                        conflateAfter))
                .isEqualTo(expected);

        String[] counts = db.one(
                        "select numbered, requeued from etcd_dispatch_route('app', (select array_agg(key) from etcd_mirror), 5000, ?, null)",
                        conflateAfter)
                .split(" ");
        Map<String, Outcome> outcomes = new TreeMap<>();
        states.forEach((key, state) -> outcomes.put(key, DispatchOracle.dispatched(state, conflateAfter)));
        assertThat(counts)
                .containsExactly(
                        Long.toString(outcomes.values().stream()
                                .filter(o -> o.action() != null)
                                .count()),
                        "0");
        assertThat(db.rows(
                        "select key, status, next_action, change_id, sent_value, send_number > 5000, probe_number > 5000, base_epoch,"
                                + " base_revision, settled_id from etcd_mirror order by key"))
                .isEqualTo(states.keySet().stream()
                        .map(key -> mirrored(key, states.get(key), outcomes.get(key)))
                        .toList());
        assertThat(db.rows("select key, count(*) from etcd_wal group by key order by key"))
                .isEqualTo(states.keySet().stream()
                        .map(key -> {
                            State state = states.get(key);
                            long left =
                                    state.waiting().size() - outcomes.get(key).confirmed();
                            return key + " " + (left + (state.status() == null ? 0 : 1));
                        })
                        .filter(line -> !line.endsWith(" 0"))
                        .toList());
        assertThat(
                        db.number(
                                "select count(distinct n) from (select greatest(send_number, probe_number) n from etcd_mirror) x where n > 5000"))
                .as("dispatch assigns each number once")
                .isEqualTo(Long.parseLong(counts[0]));
        db.rollback();
    }

    private static String text(Object value) {
        return value == null ? "-" : value.toString();
    }

    /** Returns the expected row of etcd_mirror after the dispatch of a key. */
    private static String mirrored(String key, State state, Outcome outcome) {
        boolean isSend = "send".equals(outcome.action());
        boolean isProbe = "probe".equals(outcome.action());
        long revision = state.mirrored() == null ? 0 : 7;
        List<Object> columns = new ArrayList<>();
        columns.add(key);
        columns.add(outcome.action() != null ? "inflight" : state.status());
        columns.add(null);
        columns.add(outcome.change() != null ? outcome.change() : state.status() != null ? (Object) 1 : null);
        columns.add(outcome.change() != null ? outcome.value() : state.status() != null ? "S" : null);
        columns.add(isSend ? "t" : state.status() != null ? "f" : null);
        columns.add(isProbe ? "t" : !isSend && state.status() != null ? "f" : null);
        // The change in flight or held has base epoch 9 and base revision 3. The row of etcd_mirror has epoch 10.
        // The last snapshot has epoch 11 in the call of etcd_choose_changes, and epoch 10 in etcd_snapshot.
        columns.add(isSend ? (Object) 10 : state.status() != null ? 9 : null);
        columns.add(isSend ? (Object) revision : state.status() != null ? 3 : null);
        columns.add(
                outcome.confirmed() == 0
                        ? 1 - (state.status() == null ? 0 : 1)
                        : state.waiting().get(outcome.confirmed() - 1).id());
        return String.join(" ", columns.stream().map(DispatchDecisionIT::text).toList());
    }

    /** Returns every state of a key with at most three waiting changes. */
    private static Map<String, State> states() {
        List<List<Change>> waiting = new ArrayList<>();
        waiting.add(List.of());
        for (int from = 0, length = 0; length < 3; length++) {
            int to = waiting.size();
            for (List<Change> before : waiting.subList(from, to).stream().toList()) {
                for (String value : CONTENTS) {
                    for (int step = before.isEmpty() ? 1 : 0; step <= 1; step++) {
                        List<Change> longer = new ArrayList<>(before);
                        long transaction = (before.isEmpty()
                                        ? 0
                                        : before.get(before.size() - 1).transaction())
                                + step;
                        longer.add(new Change(before.size() + 2, value, transaction));
                        waiting.add(longer);
                    }
                }
            }
            from = to;
        }
        String[][] flights = {
            {null, null}, {"inflight", null}, {"inflight", "send"}, {"inflight", "probe"}, {"held", null}
        };
        Map<String, State> states = new TreeMap<>();
        for (String[] flight : flights) {
            for (String mirrored : Arrays.asList(null, "A", "B", DispatchOracle.UNREPRESENTABLE)) {
                for (String row : CONTENTS) {
                    for (List<Change> changes : waiting) {
                        states.put(
                                String.format("/a/%05d", states.size()),
                                new State(flight[0], flight[1], mirrored, row, changes));
                    }
                }
            }
        }
        return states;
    }

    /** Inserts the states. The change in flight or held has id 1. If there is no such change, id 1 is settled. */
    private void load(Map<String, State> states) {
        StringBuilder mirror = new StringBuilder();
        StringBuilder rows = new StringBuilder();
        StringBuilder wal = new StringBuilder();
        states.forEach((key, state) -> {
            boolean isUnknown = Objects.equals(state.mirrored(), DispatchOracle.UNREPRESENTABLE);
            mirror.append(mirror.isEmpty() ? "" : ",")
                    .append(tuple(
                            key,
                            state.mirrored() == null ? 0 : 7,
                            isUnknown ? null : state.mirrored(),
                            isUnknown,
                            state.status(),
                            state.due()));
            if (state.row() != null) {
                rows.append(rows.isEmpty() ? "" : ",").append(tuple(key, state.row()));
            }
            if (state.status() != null) {
                wal.append(wal.isEmpty() ? "" : ",").append(tuple(key, 1, "S", 0));
            }
            for (Change change : state.waiting()) {
                wal.append(wal.isEmpty() ? "" : ",")
                        .append(tuple(key, change.id(), change.value(), change.transaction()));
            }
        });
        db.begin();
        db.run("set local etcd_sync.applying = on");
        db.run("insert into app (key, value) values " + rows);
        db.run(
                "insert into etcd_mirror (route, key, epoch, revision, value_hash, unrepresentable, settled_id, status, next_action, change_id,"
                        + " sent_op, sent_value, sent_hash, send_number, probe_number, base_epoch, base_revision)"
                        + " select 'app', key, 10, revision, sha256(convert_to(v.value, 'UTF8')), unknown, case when status is null then 1 else 0 end, status, due,"
                        + " f.change_id, f.op, f.value, f.hash, f.send, f.probe, f.epoch, f.revision0 from (values "
                        + mirror
                        + ") v(key, revision, value, unknown, status, due) left join (select 1, 'put', 'S', sha256('S'), 100, 101, 9, 3)"
                        + " f(change_id, op, value, hash, send, probe, epoch, revision0) on status is not null");
        db.run("insert into etcd_wal (route, key, id, op, value, txid, author) overriding system value"
                + " select 'app', key, id, case when value is null then 'delete' else 'put' end, value, transaction::text::xid8, 'me' from (values "
                + wal + ") v(key, id, value, transaction)");
        db.commit();
    }

    private static String tuple(Object... columns) {
        return "("
                + String.join(
                        ", ",
                        Arrays.stream(columns)
                                .map(c -> c == null ? "null" : c instanceof String ? "'" + c + "'" : c.toString())
                                .toList())
                + ")";
    }
}
