package dev.etcdpg.pg.schema;

import dev.etcdpg.pg.client.Identifiers;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Collectors;

/** Creates or upgrades the bookkeeping schema as {@code install.sql} does: in one transaction, which leaves nothing on the session. */
final class InstallScript {

    private static final String BOOKKEEPING = "V1__bookkeeping";

    /** Files of functions and views, which run each time, in this order. */
    private static final List<String> REPEATED =
            List.of("R__0_keys", "R__1_capture", "R__2_dispatch", "R__3_install", "R__4_operate");

    private InstallScript() {}

    static void run(Connection connection, String schema) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            // one installation at a time, as in install.sql
            statement.execute("select pg_advisory_xact_lock(hashtextextended('etcd_install', 0))");
            if (!exists(connection, "select from pg_namespace where nspname = ?", schema)) {
                statement.execute("create schema " + Identifiers.quote(schema));
            }
            statement.execute("set local search_path = " + Identifiers.quote(schema) + ", public");
            if (!exists(
                    connection, "select from pg_tables where schemaname = ? and tablename = 'etcd_database'", schema)) {
                statement.execute(file(BOOKKEEPING));
            }
            String functions = functions();
            // views that are created anew lose the rights that were granted on them
            if (!exists(
                    connection,
                    "select from etcd_database where functions_hash = sha256(convert_to(?, 'UTF8'))",
                    functions)) {
                statement.execute(functions);
                try (PreparedStatement hash = connection.prepareStatement(
                        "update etcd_database set functions_hash = sha256(convert_to(?, 'UTF8'))")) {
                    hash.setString(1, functions);
                    hash.executeUpdate();
                }
            }
            connection.commit();
        } catch (SQLException | RuntimeException e) {
            connection.rollback();
            throw e;
        }
    }

    private static String functions() {
        return REPEATED.stream().map(InstallScript::file).collect(Collectors.joining("\n"));
    }

    private static boolean exists(Connection connection, String query, String parameter) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setString(1, parameter);
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next();
            }
        }
    }

    private static String file(String name) {
        String resource = "/" + Migrations.LOCATION + "/" + name + ".sql";
        try (InputStream in = InstallScript.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("No file " + resource);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
