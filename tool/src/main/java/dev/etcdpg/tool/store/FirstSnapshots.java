package dev.etcdpg.tool.store;

import dev.etcdpg.tool.connect.ClusterException;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Tells of which routes PostgreSQL has a whole snapshot. Before the first one, no change made in SQL is sent. */
public final class FirstSnapshots {

    private final Database database;

    public FirstSnapshots(Database database) {
        this.database = database;
    }

    /** Returns those of the routes that have no snapshot yet. */
    public Set<String> missing(List<String> routes) {
        Set<String> missing = new HashSet<>(routes);
        try {
            if (database.of("bookkeeping_exists").one(row -> row.getBoolean("exists"))) {
                database.of("ended_snapshots").texts().forEach(missing::remove);
            }
            return missing;
        } catch (SQLException e) {
            throw new ClusterException("The snapshots cannot be read in PostgreSQL: " + e.getMessage(), e);
        }
    }
}
