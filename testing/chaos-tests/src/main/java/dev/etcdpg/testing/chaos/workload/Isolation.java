package dev.etcdpg.testing.chaos.workload;

import java.sql.Connection;
import java.util.Random;

/** How an application's transactions are isolated: most leave it at the default. */
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

    /** As JDBC has it. */
    int level() {
        return level;
    }

    /** Whether PostgreSQL may refuse a transaction that comes too late. */
    boolean isStrict() {
        return this != READ_COMMITTED;
    }

    @Override
    public String toString() {
        return name().replace('_', ' ');
    }
}
