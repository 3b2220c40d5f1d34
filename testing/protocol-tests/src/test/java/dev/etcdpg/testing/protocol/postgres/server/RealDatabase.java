package dev.etcdpg.testing.protocol.postgres.server;

import dev.etcdpg.pg.client.ConnectionFactory;
import dev.etcdpg.pg.schema.Migrations;
import dev.etcdpg.testing.protocol.run.WorldLayout;
import dev.etcdpg.testing.servers.Postgres;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;

/** A database on a real server. Each history begins with empty tables. */
public final class RealDatabase implements AutoCloseable {

    private static final String EMPTY =
            "truncate etcd_wal, etcd_mirror, etcd_dispatch_queue, etcd_history, etcd_conflict,"
                    + " etcd_snapshot, etcd_first_snapshot, etcd_prune_position, etcd_untrusted_range, etcd_request, etcd_sink_offset,"
                    + " etcd_sink_chain, etcd_sink_source, etcd_sink_pause, etcd_connector, public.model_log restart identity;"
                    + " select setval('public.model_fault', 2);"
                    + " select set_config('etcd_sync.applying', 'on', true); delete from public.etcd";

    private final Postgres server;
    private final String name;
    private final Connection app;
    private final Connection opener;

    public RealDatabase(Postgres server) {
        this.server = server;
        this.name = server.newDatabase("model");
        try {
            Migrations.apply(
                    new ConnectionFactory(server.jdbcUrl(name), server.user(), server.password()), "etcd_sync");
            app = connect();
            opener = connect();
            execute("select etcd_install('" + WorldLayout.ROUTE.name() + "', '" + WorldLayout.ROUTE.prefix() + "')");
            execute("alter database " + name + " set etcd_sync.notify = off");
            execute(watching());
            execute("alter database " + name + " set synchronous_commit = off");
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private static String watching() {
        try (InputStream in = RealDatabase.class.getResourceAsStream("/observers.sql")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Opens a session. */
    public Connection connect() throws SQLException {
        Connection connection = server.connect(name);
        try (Statement statement = connection.createStatement()) {
            statement.execute("set search_path = etcd_sync, public");
        }
        return connection;
    }

    Connection app() {
        return app;
    }

    Connection opener() {
        return opener;
    }

    void execute(String sql) {
        try (Statement statement = app.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new AssertionError(sql, e);
        }
    }

    /** Runs a file of the schema that was changed for an ablation. */
    public void change(String sql) {
        execute("set search_path = etcd_sync, public");
        execute(sql);
        execute("set search_path = etcd_sync, public");
    }

    void empty() {
        try {
            app.setAutoCommit(false);
            execute(EMPTY);
            app.commit();
            app.setAutoCommit(true);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private Map<String, String> settings() {
        Map<String, String> settings = new HashMap<>();
        settings.put("name", "model");
        settings.put("connection.url", server.jdbcUrl(name));
        settings.put("connection.user", server.user());
        settings.put("connection.password", server.password());
        return settings;
    }

    Map<String, String> sinkSettings(String policy, boolean skipsForeignSources) {
        Map<String, String> settings = settings();
        settings.put("etcd.prefix", WorldLayout.ROUTE.prefix());
        settings.put("topics", "etcd.etcd");
        settings.put("auto.create", "false");
        settings.put("conflict.policy", policy);
        settings.put("foreign.source", skipsForeignSources ? "skip" : "fail");
        return settings;
    }

    Map<String, String> sourceSettings(int conflateAfter) {
        Map<String, String> settings = settings();
        settings.put("partitions", Integer.toString(WorldLayout.PARTITIONS));
        settings.put("notify", "false");
        settings.put("poll.interval.ms", "10");
        settings.put("conflate.after", Integer.toString(conflateAfter));
        return settings;
    }

    @Override
    public void close() throws SQLException {
        app.close();
        opener.close();
    }
}
