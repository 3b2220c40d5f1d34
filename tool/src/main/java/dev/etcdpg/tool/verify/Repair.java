package dev.etcdpg.tool.verify;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.pg.client.SqlFiles;
import dev.etcdpg.pg.client.Statements;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Makes PostgreSQL equal to etcd where they differ. A row that differs from the bookkeeping is written anew from the bookkeeping. Keys of which the
 * bookkeeping differs from etcd are asked for in a snapshot, and if they still differ after it, in a new epoch.
 */
public final class Repair {

    private static final SqlFiles SQL = new SqlFiles(Repair.class, "sql");

    /** Number of keys up to which each key is asked for in a snapshot of its own. */
    private static final int SINGLE_KEYS = 20;

    private final Statements statements;
    private final Consumer<String> progress;

    /** @param progress receives a line for each step */
    public Repair(Connection connection, Consumer<String> progress) {
        this.statements = new Statements(connection, SQL);
        this.progress = progress;
    }

    /**
     * Asks for everything that repairs the differences of a report. The snapshots take some time.
     *
     * @throws VerifyException if PostgreSQL refuses a request
     */
    public void start(RouteReport report) {
        try {
            List<String> asked = new ArrayList<>();
            for (KeyDifference difference : report.differences()) {
                if (difference.finding().isOfTheRow()) {
                    restore(report.route(), difference.key());
                } else {
                    asked.add(difference.key());
                }
            }
            for (KeyRange range : ranges(asked)) {
                progress.accept("asking for a snapshot of the keys after " + shown(range.after()) + " through "
                        + shown(range.through()));
                statements
                        .of("resync")
                        .set("after", range.after())
                        .set("through", range.through())
                        .set("route", report.route())
                        .run();
            }
        } catch (SQLException e) {
            throw new VerifyException("Route " + report.route() + " cannot be repaired: " + e.getMessage(), e);
        }
    }

    /** Asks for a new epoch: the bookkeeping contradicts etcd, and a snapshot did not change that. */
    public void newEpoch(String route) {
        progress.accept("asking for a new epoch of route " + route + ", because a snapshot did not repair it");
        try {
            statements.of("new_epoch").set("route", route).run();
        } catch (SQLException e) {
            throw new VerifyException("Route " + route + " cannot be repaired: " + e.getMessage(), e);
        }
    }

    private void restore(String route, String key) throws SQLException {
        progress.accept("restoring the row of " + key);
        statements.of("restore_row").set("key", key).set("route", route).run();
    }

    private static String shown(String bound) {
        return bound.isEmpty() ? "(open)" : bound;
    }

    /** Returns ranges that contain the keys: one for each of a few keys, otherwise one for all. */
    static List<KeyRange> ranges(List<String> keys) {
        if (keys.isEmpty()) {
            return List.of();
        }
        if (keys.size() > SINGLE_KEYS) {
            return List.of(new KeyRange(before(keys.get(0)), through(keys.get(keys.size() - 1))));
        }
        return keys.stream()
                .map(key -> new KeyRange(before(key), through(key)))
                .distinct()
                .toList();
    }

    /** The range must begin before the key, and a bound is a key: its first characters are before it. */
    private static String before(String key) {
        return Bounds.atMost(key.substring(0, key.offsetByCodePoints(key.length(), -1)));
    }

    private static String through(String key) {
        String bound = Bounds.atMost(key);
        return bound.equals(key) ? key : "";
    }
}
