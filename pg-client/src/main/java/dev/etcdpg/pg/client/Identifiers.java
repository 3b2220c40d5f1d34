package dev.etcdpg.pg.client;

/** Names in SQL. */
public final class Identifiers {

    private Identifiers() {}

    /** The name in double quotes, as it may stand in a statement. */
    public static String quote(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    /** Schema and name, both quoted. */
    public static String quote(String schema, String name) {
        return quote(schema) + "." + quote(name);
    }
}
