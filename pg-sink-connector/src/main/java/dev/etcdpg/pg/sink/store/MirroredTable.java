package dev.etcdpg.pg.sink.store;

import dev.etcdpg.core.Route;
import dev.etcdpg.pg.client.Identifiers;

/**
 * A route and the table that mirrors it.
 *
 * @param name qualified and quoted name of the table
 */
public record MirroredTable(Route route, String name) {

    static MirroredTable of(Route route, String schema, String table) {
        return new MirroredTable(route, Identifiers.quote(schema, table));
    }

    /** Returns the name of the route, which identifies the route in the bookkeeping tables. */
    public String routeName() {
        return route.name();
    }
}
