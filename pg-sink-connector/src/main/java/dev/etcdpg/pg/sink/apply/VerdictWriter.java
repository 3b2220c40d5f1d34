package dev.etcdpg.pg.sink.apply;

import dev.etcdpg.pg.sink.resolve.Content;
import dev.etcdpg.pg.sink.resolve.Effect;
import dev.etcdpg.pg.sink.resolve.Flight;
import dev.etcdpg.pg.sink.resolve.KeyState;
import dev.etcdpg.pg.sink.resolve.Mirror;
import dev.etcdpg.pg.sink.resolve.Verdict;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** VerdictWriter what was decided of the keys of a route into the bookkeeping tables, each kind of effect in one statement. */
final class VerdictWriter {

    private record Of<E>(String key, E effect) {}

    private record Author(String key, long change) {}

    private final SinkSession session;
    private final String route;
    private final long patience;
    private final Map<String, KeySnapshot> known;
    private final Map<String, Verdict> verdicts;

    private final List<Of<Effect.Applied>> applied = new ArrayList<>();
    private final List<Of<Effect.Confirmed>> confirmed = new ArrayList<>();
    private final List<Of<Effect.Lost>> lost = new ArrayList<>();
    private final List<Of<Effect.AppliedLate>> late = new ArrayList<>();
    private final List<Of<Effect.NewEpoch>> epochs = new ArrayList<>();
    private final List<Of<KeyState>> heldWaiting = new ArrayList<>();

    /** @param patience how long a statement may wait for others who look at the same keys, in ms */
    VerdictWriter(
            SinkSession session,
            MirroredTable table,
            long patience,
            Map<String, KeySnapshot> known,
            Map<String, Verdict> verdicts) {
        this.session = session;
        this.route = table.route().name();
        this.patience = patience;
        this.known = known;
        this.verdicts = verdicts;
        verdicts.forEach((key, verdict) -> verdict.effects().forEach(effect -> sort(key, verdict, effect)));
    }

    private void sort(String key, Verdict verdict, Effect effect) {
        if (effect instanceof Effect.Applied e) {
            applied.add(new Of<>(key, e));
        } else if (effect instanceof Effect.Confirmed e) {
            confirmed.add(new Of<>(key, e));
        } else if (effect instanceof Effect.Lost e) {
            lost.add(new Of<>(key, e));
        } else if (effect instanceof Effect.AppliedLate e) {
            late.add(new Of<>(key, e));
        } else if (effect instanceof Effect.NewEpoch e) {
            epochs.add(new Of<>(key, e));
        } else if (effect instanceof Effect.HeldWaiting e) {
            Flight flight = verdict.after().flight();
            if (flight != null && flight.change() == e.change()) {
                heldWaiting.add(new Of<>(key, verdict.after()));
            }
        }
    }

    void write() throws SQLException {
        history(confirm());
        lose();
        holdWaiting();
        mirror();
        late();
        epochs();
        wake();
    }

    /** Who made the changes that are confirmed. */
    private Map<Author, String> confirm() throws SQLException {
        Map<Author, String> authors = new HashMap<>();
        if (!confirmed.isEmpty()) {
            session.sql("confirm")
                    .texts(confirmed, Of::key)
                    .numbers(confirmed, c -> c.effect().through())
                    .add(route)
                    .list(row -> authors.put(new Author(row.getString(1), row.getLong(2)), row.getString(3)));
        }
        return authors;
    }

    private void history(Map<Author, String> authors) throws SQLException {
        if (applied.isEmpty()) {
            return;
        }
        session.sql("history")
                .add(route)
                .texts(applied, Of::key)
                .numbers(applied, a -> a.effect().seen().at().epoch())
                .numbers(applied, a -> a.effect().seen().at().revision())
                .texts(applied, a -> op(a.effect().seen().content()))
                .texts(applied, a -> a.effect().seen().value())
                .numbers(applied, a -> a.effect().seen().createRevision())
                .numbers(applied, a -> a.effect().seen().version())
                .numbers(applied, a -> a.effect().seen().lease())
                .texts(applied, a -> a.effect().confirms() == 0 ? "etcd" : session.origin())
                .texts(applied, a -> authors.get(new Author(a.key(), a.effect().confirms())))
                .flags(applied, a -> a.effect().seen().isSnapshot())
                .update();
    }

    private static String op(Content content) {
        return switch (content.kind()) {
            case ABSENT -> "delete";
            case VALUE -> "put";
            case UNREPRESENTABLE -> "unrepresentable";
        };
    }

    private void lose() throws SQLException {
        if (!lost.isEmpty()) {
            session.sql("lose")
                    .texts(lost, Of::key)
                    .numbers(lost, l -> l.effect().through())
                    .numbers(lost, l -> l.effect().covered())
                    .numbers(lost, l -> orNull(l.effect().send()))
                    .numbers(lost, l -> l.effect().base().epoch())
                    .numbers(lost, l -> l.effect().base().revision())
                    .numbers(lost, l -> l.effect().waitingBase().epoch())
                    .numbers(lost, l -> l.effect().waitingBase().revision())
                    .numbers(lost, l -> l.effect().won().epoch())
                    .numbers(lost, l -> l.effect().won().revision())
                    .texts(lost, l -> l.effect().reason())
                    .add(route)
                    .update();
            session.wake(); // dispatch numbers conflicts, which the source then publishes
        }
    }

    private void holdWaiting() throws SQLException {
        if (!heldWaiting.isEmpty()) {
            session.sql("hold_waiting")
                    .texts(heldWaiting, Of::key)
                    .numbers(heldWaiting, h -> h.effect().flight().change())
                    .numbers(heldWaiting, h -> h.effect().settled())
                    .numbers(heldWaiting, h -> h.effect().flight().base().epoch())
                    .numbers(heldWaiting, h -> h.effect().flight().base().revision())
                    .texts(heldWaiting, h -> h.effect().flight().reason())
                    .add(route)
                    .update();
        }
    }

    private void mirror() throws SQLException {
        List<Of<KeyState>> fresh = new ArrayList<>();
        List<Of<KeyState>> moved = new ArrayList<>();
        verdicts.forEach((key, verdict) -> {
            if (verdict.isChanged()) {
                (known.get(key).hasMirror() ? moved : fresh).add(new Of<>(key, verdict.after()));
            }
        });
        if (!moved.isEmpty()) {
            mirrored(session.sql("update_mirror"), moved)
                    .numbers(moved, s -> s.effect().settled())
                    .texts(moved, s -> flight(s, f -> lower(f.status())))
                    .texts(moved, s -> flight(s, f -> f.due() == null ? null : lower(f.due())))
                    .texts(moved, s -> flight(s, Flight::reason))
                    .add(route)
                    .update();
        }
        if (!fresh.isEmpty()) {
            session.limitWaits(patience);
            if (mirrored(session.sql("insert_mirror").add(route), fresh).update() != fresh.size()) {
                // dispatch has met the key in between, because of a change that we have not seen
                throw new SQLException(
                        "a key of route " + route + " has just been changed locally for the first time", "40001");
            }
            session.unlimitWaits();
        }
    }

    private static Query mirrored(Query query, List<Of<KeyState>> states) throws SQLException {
        return query.texts(states, Of::key)
                .numbers(states, s -> s.effect().mirror().epoch())
                .numbers(states, s -> s.effect().mirror().revision())
                .hashes(states, s -> hash(s.effect().mirror()))
                .flags(states, s -> s.effect().mirror().content().equals(Content.UNREPRESENTABLE))
                .numbers(states, s -> s.effect().mirror().createRevision())
                .numbers(states, s -> s.effect().mirror().version())
                .numbers(states, s -> s.effect().mirror().lease())
                .numbers(states, s -> s.effect().high().epoch())
                .numbers(states, s -> s.effect().high().revision());
    }

    private static byte[] hash(Mirror mirror) {
        return mirror.content().isValue() ? mirror.content().digest().bytes() : null;
    }

    private static String flight(Of<KeyState> state, Function<Flight, String> column) {
        Flight flight = state.effect().flight();
        return flight == null ? null : column.apply(flight);
    }

    private void late() throws SQLException {
        if (!late.isEmpty()) {
            session.limitWaits(patience); // an operator may be deleting old conflicts
            session.sql("applied_late")
                    .texts(late, Of::key)
                    .hashes(late, l -> l.effect().content().digest().bytes())
                    .numbers(late, l -> l.effect().at().epoch())
                    .numbers(late, l -> l.effect().at().revision())
                    .add(route)
                    .update();
            session.unlimitWaits();
            session.wake();
        }
    }

    private void epochs() throws SQLException {
        for (Of<Effect.NewEpoch> e : epochs) {
            long found = e.effect().found();
            boolean there = false;
            while (!there) { // another task may have taken the number
                there = session.sql("new_epoch")
                        .add(route)
                        .add(found)
                        .add("key " + e.key() + ": " + e.effect().reason())
                        .add(route)
                        .add(found)
                        .add(route)
                        .add(found)
                        .list(row -> row.getBoolean(1))
                        .get(0);
            }
            session.wake();
        }
    }

    private void wake() throws SQLException {
        List<String> keys = verdicts.entrySet().stream()
                .filter(e -> e.getValue().wakes())
                .map(Map.Entry::getKey)
                .toList();
        if (!keys.isEmpty()) {
            session.sql("wake").add(route).texts(keys).update();
            session.wake();
        }
    }

    private static Long orNull(long number) {
        return number == 0 ? null : number;
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
