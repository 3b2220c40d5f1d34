package dev.etcdpg.testing.stack;

import java.util.Locale;

/** Who works with the database of a stack. Without security, one superuser does all the work. */
public enum SqlRole {
    /** Reads and writes rows of the mirrored table. */
    APPLICATION("etcd_application"),
    /** Reads the state, and resolves held changes. Writes no row. */
    OPERATOR("etcd_operator"),
    /** Owns the mirrored table and the bookkeeping. */
    OWNER("etcd_owner"),
    /** May do everything. */
    SUPERUSER("postgres");

    private final String user;

    SqlRole(String user) {
        this.user = user;
    }

    /** Returns the name of the role in PostgreSQL. */
    String user() {
        return user;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
