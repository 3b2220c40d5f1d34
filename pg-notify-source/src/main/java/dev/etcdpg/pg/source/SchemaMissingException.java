package dev.etcdpg.pg.source;

/** The sink has not installed the bookkeeping schema yet. */
final class SchemaMissingException extends Exception {

    private static final long serialVersionUID = 1L;

    SchemaMissingException(String schema) {
        super("schema " + schema + " is not in the database yet: the PostgreSQL sink creates it when it starts with "
                + "auto.create=true, else run the SQL files by hand");
    }
}
