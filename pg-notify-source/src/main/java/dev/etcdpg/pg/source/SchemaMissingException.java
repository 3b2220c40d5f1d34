package dev.etcdpg.pg.source;

/** The bookkeeping schema is not in the database. */
public final class SchemaMissingException extends Exception {

    private static final long serialVersionUID = 1L;

    SchemaMissingException(String schema) {
        super("Schema " + schema + " is not in the database yet. The PostgreSQL sink creates it when it starts with"
                + " auto.create=true; otherwise run install.sql of the plugin archive.");
    }
}
