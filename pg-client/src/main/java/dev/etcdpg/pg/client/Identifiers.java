package dev.etcdpg.pg.client;

/** Quotes names for SQL. */
public final class Identifiers {

    private Identifiers() {}

    /** Returns the name in double quotes, for use in a statement. */
    public static String quote(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    /** Returns the schema and the name, both quoted and joined by a dot. */
    public static String quote(String schema, String name) {
        return quote(schema) + "." + quote(name);
    }

    /** Returns a search path that begins with the schema, and continues with public. */
    public static String searchPath(String schema) {
        return quote(schema) + ", public";
    }
}
