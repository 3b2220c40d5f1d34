package dev.etcdpg.testing.chaos.workload;

import java.sql.Connection;
import java.util.Random;

/** The isolation level of an application's transaction. Most applications use the default. */
public enum Isolation {
    READ_COMMITTED(Connection.TRANSACTION_READ_COMMITTED),
    REPEATABLE_READ(Connection.TRANSACTION_REPEATABLE_READ),
    SERIALIZABLE(Connection.TRANSACTION_SERIALIZABLE);

    private final int level;

    Isolation(int level) {
        this.level = level;
    }

    static Isolation draw(Random random) {
        return switch (random.nextInt(10)) {
            case 0 -> REPEATABLE_READ;
            case 1, 2 -> SERIALIZABLE;
            default -> READ_COMMITTED;
        };
    }

    /** The level in JDBC's numbers. */
    int level() {
        return level;
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
