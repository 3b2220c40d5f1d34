package dev.etcdpg.pg.sink.apply;

import dev.etcdpg.core.Route;

/**
 * A route and its table.
 *
 * @param name qualified and quoted
 */
public record Table(Route route, String name) {

    public static Table of(Route route, String schema, String table) {
        return new Table(route, quote(schema) + "." + quote(table));
    }

    private static String quote(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }
}
