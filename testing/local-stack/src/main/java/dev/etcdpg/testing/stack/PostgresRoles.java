package dev.etcdpg.testing.stack;

import dev.etcdpg.plugin.PluginPath;
import dev.etcdpg.testing.servers.PsqlScript;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.stream.Stream;
import org.postgresql.PGConnection;

/**
 * The bookkeeping schema and the roles of a secured database, made by the files that an operator runs: install.sql of the archive, and
 * config-examples/security.
 */
final class PostgresRoles {
    private static final String OWNER = SqlRole.OWNER.user();

    private final SqlLogin superuser;
    private final SqlLogin owner;
    private final SecurityFolder files;

    PostgresRoles(SqlLogin superuser, SqlLogin owner, SecurityFolder files) {
        this.superuser = superuser;
        this.owner = owner;
        this.files = files;
    }

    /** Creates the owner, the schema and the roles, if they are not complete yet. */
    void create() {
        try {
            createOwner();
            if (isComplete()) {
                return;
            }
            install();
            create("sink", "etcd_pg_sink", files.password("pg-sink"));
            create("source", "etcd_pg_source", files.password("pg-notify-source"));
            create("operator", SqlRole.OPERATOR.user(), files.password(SqlRole.OPERATOR.user()));
            // the last one: its password marks the end
            createApplication(SqlRole.APPLICATION.user(), files.password(SqlRole.APPLICATION.user()));
        } catch (SQLException | IOException e) {
            throw failure(e);
        }
    }

    void createApplication(String name, String password) {
        try {
            create("application", name, password);
        } catch (SQLException | IOException e) {
            throw failure(e);
        }
    }

    private static SandboxException failure(Exception e) {
        return new SandboxException("cannot create the roles of PostgreSQL: " + e.getMessage(), e);
    }

    /** Other roles own nothing and create nothing. */
    private void createOwner() throws SQLException {
        try (Connection connection = superuser.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("do $$ begin if to_regrole('" + OWNER + "') is null then create role " + OWNER
                    + " login createrole; end if; end $$");
            statement.execute("grant create on database " + Stack.DATABASE + " to " + OWNER);
            statement.execute("grant create on schema public to " + OWNER);
            setPassword(connection, OWNER, files.password(OWNER));
        }
    }

    private boolean isComplete() throws SQLException {
        try (Connection connection = superuser.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select count(*) from pg_authid where rolname = '"
                        + SqlRole.APPLICATION.user() + "' and rolpassword is not null")) {
            return row.next() && row.getInt(1) == 1;
        }
    }

    private void install() throws SQLException, IOException {
        try (Connection connection = owner.connect();
                Stream<Path> plugins = Files.list(PluginPath.folder())) {
            Path plugin = plugins.findFirst().orElseThrow();
            new PsqlScript(connection, Map.of("prefix", Stack.PREFIX)).run(plugin.resolve("etc/sql/install.sql"));
        }
    }

    /**
     * Creates a role, or gives it the rights of new versions.
     *
     * @param kind of the file postgres-kind.sql
     */
    private void create(String kind, String name, String password) throws SQLException, IOException {
        try (Connection connection = owner.connect()) {
            new PsqlScript(connection, Map.of("role", name))
                    .run(Checkout.securityExamples().resolve("postgres-" + kind + ".sql"));
            setPassword(connection, name, password);
        }
    }

    /** Sends the SCRAM verifier instead of the password, as psql's \password does. */
    private static void setPassword(Connection connection, String role, String password) throws SQLException {
        connection.unwrap(PGConnection.class).alterUserPassword(role, password.toCharArray(), "scram-sha-256");
    }
}
