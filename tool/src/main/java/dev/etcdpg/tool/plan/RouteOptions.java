package dev.etcdpg.tool.plan;

import dev.etcdpg.tool.file.Direction;
import dev.etcdpg.tool.file.RouteEntry;

/** The options of a route that are settings of a whole connector. Routes with equal options share the connector. */
final class RouteOptions {

    private RouteOptions() {}

    /** Options of the etcd source. */
    record Reading(int partitions, Direction direction) {

        static Reading of(RouteEntry route) {
            return new Reading(route.partitions(), route.direction());
        }

        String suffix() {
            return (partitions == RouteEntry.DEFAULT_PARTITIONS ? "" : "-p" + partitions)
                    + (direction == Direction.BOTH ? "" : "-one-way");
        }
    }

    /** Options of the PostgreSQL sink. */
    record Writing(String schema, String conflictPolicy) {

        static Writing of(RouteEntry route) {
            return new Writing(route.schema(), route.conflictPolicy());
        }

        String suffix() {
            return (conflictPolicy.equals(RouteEntry.DEFAULT_CONFLICT_POLICY) ? "" : "-" + conflictPolicy)
                    + (schema.equals(RouteEntry.DEFAULT_SCHEMA) ? "" : "-in-" + schema);
        }
    }
}
