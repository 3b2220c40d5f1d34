package dev.etcdpg.testing.chaos.workload;

import dev.etcdpg.testing.chaos.history.Ledger;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** Writes into the mirrored table as applications do. */
public final class SqlWriter extends Writer {
    private static final Duration REST = Duration.ofMillis(60);
    private static final String SERIALIZATION_FAILURE = "40001";
    private static final String UNIQUE_VIOLATION = "23505";

    private final int number;
    private final Workload.Room room;
    private final WriterDatabase database;
    private final Ledger ledger;
    private final Random random;
    private final Keys keys;
    private final WrittenValues said;
    /** The values written to keys that are renamed. */
    private final Set<String> renamed = new HashSet<>();

    private Connection connection;

    SqlWriter(int number, String name, Workload.Room room, WriterDatabase database, Ledger ledger, Random random) {
        super(name, room, random, REST);
        this.number = number;
        this.room = room;
        this.database = database;
        this.ledger = ledger;
        this.random = random;
        this.keys = Keys.ofSql(random);
        this.said = new WrittenValues(name, random);
    }

    @Override
    boolean transaction() {
        Isolation isolation = Isolation.draw(random);
        int drawn = random.nextInt(100);
        try {
            Connection open = connection();
            isolation.begin(open);
            SqlTransaction transaction = new SqlTransaction(open, ledger);
            String what = work(transaction, drawn);
            if (drawn >= 92 && drawn < 96) {
                open.rollback();
                room.counts().add("SQL rollbacks", 1);
            } else {
                open.commit();
                room.counts().add(what, 1);
                room.counts().add("SQL rows changed", transaction.changes());
                if (isolation.isStrict()) {
                    room.counts().add("SQL commits in " + isolation, 1);
                }
            }
            return true;
        } catch (SQLException e) {
            return failed(e, isolation);
        }
    }

    private String work(SqlTransaction transaction, int drawn) throws SQLException {
        if (drawn < 22) {
            transaction.upsert(keys.hot(), said.next());
            return "SQL upserts";
        } else if (drawn < 28) {
            transaction.delete(keys.hot());
            return "SQL deletes";
        } else if (drawn < 40) {
            transaction.insert(keys.cold(), said.next());
            return "SQL inserts";
        } else if (drawn < 48) {
            transaction.update(keys.cold(), said.next());
            return "SQL updates";
        } else if (drawn < 53) {
            transaction.delete(keys.cold());
            return "SQL deletes";
        } else if (drawn < 63) {
            List<String> several = keys.several(30, 1);
            transaction.upsertMany(
                    several, several.stream().map(key -> said.next()).toList());
            return "SQL statements on several rows";
        } else if (drawn < 67) {
            transaction.deleteMany(keys.several(10, 1));
            return "SQL statements on several rows";
        } else if (drawn < 78) {
            mixed(transaction);
            return "SQL transactions of several statements";
        } else if (drawn < 85) {
            renames(transaction);
            return "SQL renames";
        } else if (drawn < 91) {
            echo(transaction);
            return "SQL upserts of what etcd gets too";
        } else if (drawn < 92) {
            transaction.upsert(keys.cold(), said.large());
            return "SQL upserts of a large value";
        } else if (drawn < 96) {
            mixed(transaction);
            return "SQL rollbacks";
        }
        savepoint(transaction);
        return "SQL transactions with a savepoint rolled back";
    }

    /** Changes some rows, each once or several times. */
    private void mixed(SqlTransaction transaction) throws SQLException {
        for (String key : keys.several(3, 5)) {
            for (int i = 1 + random.nextInt(4); i > 0; i--) {
                if (random.nextInt(3) == 0) {
                    transaction.delete(key);
                } else {
                    transaction.upsert(key, said.next());
                }
            }
        }
    }

    private void savepoint(SqlTransaction transaction) throws SQLException {
        String key = keys.hot();
        transaction.upsert(key, said.next());
        Savepoint savepoint = transaction.savepoint();
        transaction.delete(key);
        transaction.upsert(key, said.next());
        transaction.rollback(savepoint);
        if (random.nextBoolean()) {
            transaction.upsert(key, said.next());
        }
    }

    /** Renames a row. The row keeps its value, unless the new key had that value before: no two changes of a key have the same value. */
    private void renames(SqlTransaction transaction) throws SQLException {
        String from = keys.renamed(number);
        if (random.nextBoolean()) {
            String value = said.next();
            renamed.add(from + "=" + value);
            transaction.upsert(from, value);
        }
        String value = transaction.lock(from);
        if (value != null) {
            String to = keys.renamed(number);
            if (!renamed.add(to + "=" + value)) {
                value = said.next();
                renamed.add(to + "=" + value);
            }
            transaction.rename(from, to, value);
        }
    }

    /** Repeats a value that was written in etcd, or writes a value for etcd to repeat. */
    private void echo(SqlTransaction transaction) throws SQLException {
        Echoes.Pair pair = room.fromEtcd().poll();
        if (pair == null) {
            pair = new Echoes.Pair(keys.hotOfBoth(), said.next());
            room.fromSql().offer(pair.key(), pair.value());
        }
        transaction.upsert(pair.key(), pair.value());
    }

    private boolean failed(SQLException e, Isolation isolation) {
        String state = e.getSQLState() == null ? "" : e.getSQLState();
        boolean isExpected =
                state.equals(UNIQUE_VIOLATION) || isolation.isStrict() && state.equals(SERIALIZATION_FAILURE);
        boolean isAway = state.startsWith("08") || state.startsWith("57P") || state.startsWith("53");
        if (isExpected) {
            room.counts().add("SQL transactions in " + isolation + " that PostgreSQL refused", 1);
        } else if (isAway) {
            room.counts().add("SQL connections lost", 1);
        } else {
            room.failures().add("an application's statement failed, SQLSTATE " + state + ": " + e.getMessage());
        }
        if (!isAway && rolledBack()) {
            return true;
        }
        release();
        return false;
    }

    private boolean rolledBack() {
        try {
            connection.rollback();
            return true;
        } catch (SQLException connectionIsLost) {
            return false;
        }
    }

    private Connection connection() throws SQLException {
        if (connection == null) {
            connection = database.connect(room.applicationName());
            connection.setAutoCommit(false);
        }
        return connection;
    }

    @Override
    void release() {
        if (connection != null) {
            try {
                connection.close();
            } catch (SQLException e) {
                // The ledger shows whether the transaction was committed.
                room.counts().add("SQL connections lost", 1);
            }
            connection = null;
        }
    }
}
