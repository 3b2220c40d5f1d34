package dev.etcdpg.tool.verify;

import dev.etcdpg.core.Revision;
import dev.etcdpg.etcd.bookkeeping.BookkeepingKeys;
import dev.etcdpg.etcd.bookkeeping.EtcdState;
import dev.etcdpg.etcd.client.EtcdFailure;
import dev.etcdpg.etcd.client.EtcdGateway;
import dev.etcdpg.etcd.store.EpochStore;
import dev.etcdpg.tool.compare.Finding;
import dev.etcdpg.tool.compare.PostgresKey;
import dev.etcdpg.tool.wait.Polling;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.LongConsumer;

/** Compares routes of etcd and PostgreSQL, also while both are being written. */
public final class Verifier {

    private final Connection connection;
    private final EtcdGateway etcd;
    private final EpochStore epochs;

    /**
     * @param connection with the bookkeeping schema first in its search path
     * @param keys the connectors' own keys in etcd
     */
    public Verifier(Connection connection, EtcdGateway etcd, BookkeepingKeys keys) {
        this.connection = connection;
        this.etcd = etcd;
        this.epochs = new EpochStore(etcd, keys);
    }

    /**
     * Compares a route.
     *
     * @param settle time for which a key that differs is looked at again, because a snapshot of etcd may be under way that repairs it
     * @param progress receives the number of keys that were compared
     * @throws VerifyException if the route cannot be compared
     */
    public RouteReport verify(String route, Duration settle, LongConsumer progress) {
        try {
            return compare(route, settle, progress);
        } catch (SQLException e) {
            throw unreadable(route, e);
        } catch (EtcdFailure e) {
            throw new VerifyException("Route " + route + " cannot be read in etcd: " + e.getMessage(), e);
        } catch (IllegalArgumentException e) {
            throw new VerifyException(e.getMessage() + ". The routes are in etcd_route.", e);
        }
    }

    private RouteReport compare(String route, Duration settle, LongConsumer progress) throws SQLException {
        RouteComparison whole;
        try (PostgresSnapshot postgres = PostgresSnapshot.begin(connection, route)) {
            requireSameHistory(route, postgres.reached().highest());
            whole = new RouteComparison(postgres, etcd);
            whole.run(progress);
        }
        return new RouteReport(
                route,
                whole.revision(),
                whole.keys(),
                whole.number(Finding.PENDING),
                whole.number(Finding.HELD),
                whole.number(Finding.DEAD_LETTER),
                whole.isComplete() ? lasting(route, whole.suspects(), settle) : now(route, whole.suspects()),
                whole.isComplete());
    }

    private void requireSameHistory(String route, Revision reached) {
        EtcdState state = epochs.state();
        if (reached.epoch() == 0) {
            throw new VerifyException("PostgreSQL has applied nothing of route " + route
                    + " yet. Look at the connectors with: etcd-pg status");
        }
        if (reached.epoch() != state.epoch()) {
            throw new VerifyException("PostgreSQL has applied epoch " + reached.epoch() + " of route " + route
                    + ", and etcd is in epoch " + state.epoch()
                    + ". A new epoch has begun, and its snapshot is not applied yet. Verify again later.");
        }
        if (reached.revision() > state.revision()) {
            throw new VerifyException("PostgreSQL has applied revision " + reached.revision() + " of route " + route
                    + ", and etcd is at revision " + state.revision()
                    + ". etcd has another history, for example because it was restored.");
        }
    }

    /** Returns the differences that are still there after some time, or are gone earlier. */
    private List<KeyDifference> lasting(String route, SortedSet<String> suspects, Duration settle) {
        SortedSet<String> left = new TreeSet<>(suspects);
        return Polling.until(settle, List::isEmpty, () -> {
            List<KeyDifference> now = now(route, left);
            left.retainAll(now.stream().map(KeyDifference::key).toList());
            return now;
        });
    }

    /** Returns those of the keys that differ now. */
    private List<KeyDifference> now(String route, SortedSet<String> keys) {
        List<KeyDifference> differences = new ArrayList<>();
        if (keys.isEmpty()) {
            return differences;
        }
        try (PostgresSnapshot postgres = PostgresSnapshot.begin(connection, route)) {
            KeyComparison comparison = new KeyComparison(postgres, new EtcdPast(etcd));
            for (PostgresKey key : postgres.states(keys)) {
                Finding finding = comparison.atApplied(key);
                if (finding.isDifference()) {
                    differences.add(new KeyDifference(
                            key.key(),
                            finding,
                            postgres.isAskedFor(key.key()) ? "a snapshot is asked for, and not applied yet" : ""));
                }
            }
        } catch (SQLException e) {
            throw unreadable(route, e);
        }
        return differences;
    }

    private static VerifyException unreadable(String route, SQLException e) {
        return new VerifyException("Route " + route + " cannot be read in PostgreSQL: " + e.getMessage(), e);
    }
}
