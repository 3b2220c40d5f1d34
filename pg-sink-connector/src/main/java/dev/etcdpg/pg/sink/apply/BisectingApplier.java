package dev.etcdpg.pg.sink.apply;

import dev.etcdpg.core.sink.DeadLetter;
import dev.etcdpg.pg.sink.metrics.KeyResults;
import dev.etcdpg.pg.sink.read.KeyInput;
import dev.etcdpg.pg.sink.resolve.Input;
import dev.etcdpg.pg.sink.resolve.Rules;
import dev.etcdpg.pg.sink.store.RouteStores;
import dev.etcdpg.pg.sink.store.SinkSession;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.connect.errors.ConnectException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies a batch in which a row is refused or locked. It halves the batch until the key of this row is alone.
 *
 * <ul>
 *   <li>A refused key keeps its row. etcd's revision is mirrored nevertheless, because the next local change must be built on it.
 *   <li>A locked key is deferred.
 * </ul>
 *
 * It begins with one key and doubles the number of keys, so that some keys are applied in the available time, however slow a trigger is.
 */
final class BisectingApplier {

    private static final Logger LOG = LoggerFactory.getLogger(BisectingApplier.class);

    private final SinkSession session;
    private final RouteStores stores;
    private final Rules rules;
    private final KeyFairness fairness;
    private final List<DeadLetter> deadLetters;
    private final List<KeyResults> results;
    private boolean tableIsLocked;

    /**
     * @param fairness is told at which key the time runs out
     * @param deadLetters receives refused records
     * @param results receives what was decided about the keys that are applied
     */
    BisectingApplier(
            SinkSession session,
            RouteStores stores,
            Rules rules,
            KeyFairness fairness,
            List<DeadLetter> deadLetters,
            List<KeyResults> results) {
        this.session = session;
        this.stores = stores;
        this.rules = rules;
        this.fairness = fairness;
        this.deadLetters = deadLetters;
        this.results = results;
    }

    /** Returns the deferred keys. Nothing was done for them, because a row is locked or no time was left. */
    Set<String> apply(SortedMap<String, List<KeyInput>> work) throws SQLException {
        Set<String> deferred = new TreeSet<>();
        List<String> keys = List.copyOf(work.keySet());
        int size = 1;
        for (int done = 0; done < keys.size(); ) {
            int end = Math.min(keys.size(), done + size);
            SortedMap<String, List<KeyInput>> piece =
                    end == keys.size() ? work.tailMap(keys.get(done)) : work.subMap(keys.get(done), keys.get(end));
            boolean hadTime = session.limits().hasTime();
            deferred.addAll(applyPiece(piece));
            if (hadTime) {
                fairness.applied(
                        stores.table().routeName(),
                        piece.firstKey(),
                        piece.size() == 1,
                        session.limits().hasTime());
            }
            done = end;
            size *= 2;
        }
        return deferred;
    }

    private Set<String> applyPiece(SortedMap<String, List<KeyInput>> work) throws SQLException {
        if (tableIsLocked || !session.limits().hasTime()) {
            return work.keySet();
        }
        Savepoint savepoint = session.savepoint();
        BatchResult result = batch(BatchApplier.Mode.CAREFUL, work);
        if (result instanceof BatchResult.Applied applied) {
            session.release(savepoint);
            results.add(applied.results());
            return applied.deferred();
        }
        session.rollback(savepoint);
        tableIsLocked = result instanceof Obstacle.TableLocked;
        if (work.size() > 1) {
            return applyHalves(work);
        }
        return result instanceof Obstacle.RowRefused refused
                ? applyRefused(work, refused)
                : defer(work.firstKey(), (Obstacle) result);
    }

    private Set<String> applyHalves(SortedMap<String, List<KeyInput>> work) throws SQLException {
        String middle = new ArrayList<>(work.keySet()).get(work.size() / 2);
        Set<String> deferred = new TreeSet<>(applyPiece(work.headMap(middle)));
        deferred.addAll(applyPiece(work.tailMap(middle)));
        return deferred;
    }

    private Set<String> defer(String key, Obstacle obstacle) {
        if (!tableIsLocked && !session.limits().hasTime()) {
            LOG.warn(
                    "Key {} of route {} alone takes longer than the sink may hold locks (see deadlock_timeout). The key is deferred and tried "
                            + "again in its turn. Is a trigger of the application slow? ({})",
                    key,
                    stores.table().routeName(),
                    obstacle.describe());
        }
        return Set.of(key);
    }

    private Set<String> applyRefused(SortedMap<String, List<KeyInput>> one, Obstacle.RowRefused refusal)
            throws SQLException {
        Savepoint savepoint = session.savepoint();
        BatchResult result = applyWithoutRow(one);
        if (result instanceof BatchResult.Applied applied) {
            session.release(savepoint);
            results.add(applied.results());
            if (applied.deferred().isEmpty()) {
                addDeadLetter(one.values().iterator().next(), refusal);
            }
            return applied.deferred();
        }
        if (result instanceof Obstacle.RowRefused refused) {
            // the bookkeeping refuses the key, even without its value
            if (refused.error() != null) {
                throw refused.error();
            }
            throw new ConnectException(refused.describe());
        }
        session.rollback(savepoint);
        return one.keySet();
    }

    private BatchResult applyWithoutRow(SortedMap<String, List<KeyInput>> one) throws SQLException {
        Savepoint savepoint = session.savepoint();
        BatchResult result = batch(BatchApplier.Mode.WITHOUT_ROWS, one);
        if (!(result instanceof Obstacle.RowRefused)) {
            if (result instanceof BatchResult.Applied) {
                session.release(savepoint);
            }
            return result;
        }
        session.rollback(savepoint);
        // the history cannot store the value either
        SortedMap<String, List<KeyInput>> withoutValue = new TreeMap<>();
        one.forEach((key, inputs) -> withoutValue.put(
                key, inputs.stream().map(KeyInput::unrepresentable).toList()));
        return batch(BatchApplier.Mode.WITHOUT_ROWS, withoutValue);
    }

    /** Adds the record whose row was refused: the last record that is not an answer. Adds nothing if later deferred inputs decide about the row. */
    private void addDeadLetter(List<KeyInput> inputs, Obstacle.RowRefused refusal) {
        KeyInput last = inputs.get(0);
        for (KeyInput input : inputs) {
            if (!(input.input() instanceof Input.Answered)) {
                last = input;
            }
        }
        if (last.record() != null) {
            deadLetters.add(new DeadLetter(
                    last.record(),
                    last.key(),
                    last.input().at(),
                    "PostgreSQL refuses the row: " + refusal.describe(),
                    "PostgreSQL refuses the row: " + refusal.reason()));
        }
    }

    private BatchResult batch(BatchApplier.Mode mode, SortedMap<String, List<KeyInput>> work) throws SQLException {
        return new BatchApplier(session, stores, rules, mode, work).apply();
    }
}
