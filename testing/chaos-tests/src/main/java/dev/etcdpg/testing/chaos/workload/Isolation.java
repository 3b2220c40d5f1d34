package dev.etcdpg.testing.chaos.workload;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Random;

/** The isolation level of an application's transaction. Most applications use the default. */
public enum Isolation {
    READ_COMMITTED,
    REPEATABLE_READ,
    SERIALIZABLE;

    static Isolation draw(Random random) {
        return switch (random.nextInt(10)) {
            case 0 -> REPEATABLE_READ;
            case 1, 2 -> SERIALIZABLE;
            default -> READ_COMMITTED;
        };
    }

    /** Begins a transaction. Does not set the level of the session, because the session of a pooler has other users too. */
    void begin(Connection open) throws SQLException {
        try (Statement statement = open.createStatement()) {
            statement.execute("set transaction isolation level " + this);
        }
    }

    /** Whether PostgreSQL can refuse a transaction because of a concurrent one. */
    boolean isStrict() {
        return this != READ_COMMITTED;
    }

    @Override
    public String toString() {
        return name().replace('_', ' ');
    }
}
