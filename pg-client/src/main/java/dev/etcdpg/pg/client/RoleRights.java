package dev.etcdpg.pg.client;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** The rights of the connection's role in the bookkeeping schema. */
public final class RoleRights {

    private static final SqlFiles SQL = new SqlFiles(RoleRights.class, "sql");

    private RoleRights() {}

    private record SchemaRights(boolean exists, boolean mayUse, boolean isKnown, String usageRight) {}

    /**
     * Returns the rights that the role lacks, as texts for GRANT; none if the schema does not exist yet, and none behind a {@link Pooler}, where
     * the connection has no search path of its own.
     *
     * @param kind what the role is for: sink or source
     */
    public static List<String> missing(Connection connection, String schema, String kind) throws SQLException {
        Statements statements = new Statements(connection, SQL);
        SchemaRights rights = statements
                .of("schema_rights")
                .set("schema", schema)
                .one(row -> new SchemaRights(
                        row.getBoolean("exists"),
                        row.getBoolean("may_use"),
                        row.getBoolean("is_known"),
                        row.getString("usage_right")));
        if (!rights.exists()) {
            return List.of();
        }
        if (!rights.mayUse()) {
            return List.of(rights.usageRight());
        }
        return rights.isKnown()
                ? statements.of("missing_rights").set("kind", kind).texts()
                : List.of();
    }
}
