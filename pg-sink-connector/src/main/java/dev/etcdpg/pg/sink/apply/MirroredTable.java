package dev.etcdpg.pg.sink.apply;

import dev.etcdpg.core.Route;

/**
 * A route and its table.
 *
 * @param name qualified and quoted
 */
public record MirroredTable(Route route, String name) {

    public static MirroredTable of(Route route, String schema, String table) {
        return new MirroredTable(route, quote(schema) + "." + quote(table));
    }

    private static String quote(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }
}
