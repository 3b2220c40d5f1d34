package dev.etcdpg.pg.sink.apply;

import dev.etcdpg.pg.client.Pipeline;
import dev.etcdpg.pg.sink.resolve.Effect;
import dev.etcdpg.pg.sink.resolve.Flight;
import dev.etcdpg.pg.sink.resolve.KeySyncState;
import dev.etcdpg.pg.sink.resolve.Verdict;
import dev.etcdpg.pg.sink.store.KeySnapshot;
import dev.etcdpg.pg.sink.store.Keyed;
import dev.etcdpg.pg.sink.store.RouteStores;
import dev.etcdpg.pg.sink.store.SinkSession;
import dev.etcdpg.pg.sink.store.WalStore;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes the verdicts about keys of a route into the bookkeeping tables, each kind of effect by one statement. */
final class VerdictWriter {

    private final SinkSession session;
    private final RouteStores stores;
    private final long waitMs;
    private final Map<String, Verdict> verdicts;

    private final List<Keyed<Effect.Applied>> applied = new ArrayList<>();
    private final List<Keyed<Effect.Confirmed>> confirmed = new ArrayList<>();
    private final List<Keyed<Effect.Lost>> lost = new ArrayList<>();
    private final List<Keyed<Effect.AppliedLate>> appliedLate = new ArrayList<>();
    private final List<Keyed<Effect.NewEpoch>> newEpochs = new ArrayList<>();
    private final List<Keyed<KeySyncState>> held = new ArrayList<>();
    private final List<Keyed<KeySyncState>> moved = new ArrayList<>();
    private final List<Keyed<KeySyncState>> mirroredFirst = new ArrayList<>();
    private final List<Double> confirmationMs = new ArrayList<>();

    /**
     * @param waitMs longest wait of a statement for other transactions that work on the same keys, in ms
     * @param known state on which the decision is based
     */
    VerdictWriter(
            SinkSession session,
            RouteStores stores,
            long waitMs,
            Map<String, KeySnapshot> known,
            Map<String, Verdict> verdicts) {
        this.session = session;
        this.stores = stores;
        this.waitMs = waitMs;
        this.verdicts = verdicts;
        verdicts.forEach((key, verdict) -> {
            verdict.effects().forEach(effect -> sort(key, verdict, effect));
            KeySnapshot before = known.get(key);
            if (verdict.isChanged() && before != null) {
                (before.hasMirror() ? moved : mirroredFirst).add(new Keyed<>(key, verdict.after()));
            }
        });
    }

    private void sort(String key, Verdict verdict, Effect effect) {
        if (effect instanceof Effect.Applied e) {
            applied.add(new Keyed<>(key, e));
        } else if (effect instanceof Effect.Confirmed e) {
            confirmed.add(new Keyed<>(key, e));
        } else if (effect instanceof Effect.Lost e) {
            lost.add(new Keyed<>(key, e));
        } else if (effect instanceof Effect.AppliedLate e) {
            appliedLate.add(new Keyed<>(key, e));
        } else if (effect instanceof Effect.NewEpoch e) {
            newEpochs.add(new Keyed<>(key, e));
        } else if (effect instanceof Effect.HeldWaiting e) {
            Flight flight = verdict.after().flight();
            if (flight != null && flight.changeId() == e.changeId()) {
                held.add(new Keyed<>(key, verdict.after()));
            }
        }
    }

    /** Returns null if everything is written. */
    @Nullable
    Obstacle write() throws SQLException {
        writeUnlimited();
        Obstacle obstacle = insertMirror();
        if (obstacle == null) {
            obstacle = markAppliedLate();
        }
        if (obstacle != null) {
            return obstacle;
        }
        for (Keyed<Effect.NewEpoch> epoch : newEpochs) {
            stores.epochs()
                    .request(
                            epoch.of().found(),
                            "key " + epoch.key() + ": " + epoch.of().reason());
        }
        return null;
    }

    /** Returns, for each confirmed local change, the time since the change, in ms. */
    List<Double> confirmationMs() {
        return confirmationMs;
    }

    /** Writes without waiting for other transactions, because the mirror rows of these keys are locked. */
    private void writeUnlimited() throws SQLException {
        Map<WalStore.Change, @Nullable String> authors = stores.wal().confirm(confirmed, confirmationMs::add);
        Pipeline pipeline = session.pipeline();
        if (!applied.isEmpty()) {
            stores.history().insert(pipeline, applied, authors);
        }
        if (!lost.isEmpty()) {
            stores.conflicts().lose(pipeline, lost);
        }
        if (!held.isEmpty()) {
            stores.mirror().hold(pipeline, held);
        }
        if (!moved.isEmpty()) {
            stores.mirror().update(pipeline, moved);
        }
        List<String> forDispatch = verdicts.entrySet().stream()
                .filter(e -> e.getValue().needsDispatch())
                .map(Map.Entry::getKey)
                .toList();
        if (!forDispatch.isEmpty()) {
            stores.dispatchQueue().enqueue(pipeline, forDispatch);
        }
        pipeline.run();
    }

    /** Inserts in a separate pipeline, because limits count from the time when they are set and the other writes may take long. */
    private @Nullable Obstacle insertMirror() throws SQLException {
        if (mirroredFirst.isEmpty()) {
            return null;
        }
        if (!session.limits().hasTime()) {
            return new Obstacle.OutOfTime();
        }
        Pipeline pipeline = session.pipeline();
        Pipeline.Result<Integer> inserted = session.limits()
                .within(waitMs, pipeline, limited -> stores.mirror().insert(limited, mirroredFirst));
        pipeline.run();
        // dispatch has inserted a key meanwhile, because of a change that the sink did not know when it decided
        return inserted.get() == mirroredFirst.size()
                ? null
                : new Obstacle.RowLocked("a key was just changed locally for the first time");
    }

    private @Nullable Obstacle markAppliedLate() throws SQLException {
        if (appliedLate.isEmpty()) {
            return null;
        }
        if (!session.limits().hasTime()) {
            return new Obstacle.OutOfTime();
        }
        Pipeline pipeline = session.pipeline();
        session.limits().within(waitMs, pipeline, limited -> stores.conflicts().markAppliedLate(limited, appliedLate));
        pipeline.run();
        return null;
    }
}
