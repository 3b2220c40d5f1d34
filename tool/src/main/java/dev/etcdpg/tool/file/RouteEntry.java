package dev.etcdpg.tool.file;

import org.jspecify.annotations.Nullable;

/** A mirrored prefix as the file names it. */
public record RouteEntry(
        String prefix,
        String table,
        @Nullable Direction direction,
        @Nullable String conflictPolicy,
        @Nullable Integer partitions) {

    public static final String DEFAULT_SCHEMA = "public";
    public static final String DEFAULT_CONFLICT_POLICY = "etcd-wins";
    public static final int DEFAULT_PARTITIONS = 4;

    /** Schema of the table. */
    public String schema() {
        int dot = table.indexOf('.');
        return dot < 0 ? DEFAULT_SCHEMA : table.substring(0, dot);
    }

    /** Name of the route: the name of the table without its schema. */
    public String name() {
        return table.substring(table.indexOf('.') + 1);
    }

    @Override
    public Direction direction() {
        return direction == null ? Direction.BOTH : direction;
    }

    @Override
    public String conflictPolicy() {
        return conflictPolicy == null ? DEFAULT_CONFLICT_POLICY : conflictPolicy;
    }

    @Override
    public Integer partitions() {
        return partitions == null ? DEFAULT_PARTITIONS : partitions;
    }
}
