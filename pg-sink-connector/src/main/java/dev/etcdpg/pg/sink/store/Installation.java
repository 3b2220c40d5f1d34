package dev.etcdpg.pg.sink.store;

/**
 * How the tables come into the database.
 *
 * @param isAutomatic whether the sink creates missing tables and upgrades old tables; otherwise the sink only checks the tables
 * @param tableSchema schema in which the sink creates missing tables
 * @param existingRows what becomes of the rows that a table has when its route is installed
 */
public record Installation(boolean isAutomatic, String tableSchema, ExistingRows existingRows) {

    /** Setting of {@link #tableSchema}. */
    public static final String TABLE_SCHEMA = "table.schema";
}
