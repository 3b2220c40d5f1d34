package dev.etcdpg.testing.servers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Debian's PgBouncer in transaction mode before a PostgreSQL server, with two server connections for each database. */
public final class PgBouncer extends LocalServer {

    private final Postgres postgres;

    private PgBouncer(Builder builder) {
        super(builder);
        this.postgres = builder.postgres;
    }

    /** Returns whether PgBouncer is on PATH or can be fetched as a package of Debian. */
    public static boolean isAvailable() {
        return Command.onPath("pgbouncer") != null || DebianPackages.available();
    }

    /** Starts a pooler. The user and the password are those of the server. */
    public static PgBouncer before(Postgres postgres) {
        PgBouncer pooler = new PgBouncer(new Builder(postgres));
        pooler.start();
        return pooler;
    }

    /** The port for clients. */
    public int port() {
        return port("pgbouncer");
    }

    /** {@code jdbc:postgresql://127.0.0.1:port/database}, without user and password. */
    public String jdbcUrl(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port() + "/" + database;
    }

    /** Opens an application's connection to the pooler. */
    public Connection connect(String database) throws java.sql.SQLException {
        return DriverManager.getConnection(
                jdbcUrl(database) + "?prepareThreshold=0", postgres.user(), postgres.password());
    }

    @Override
    List<String> command() throws IOException {
        PostgresUser user = PostgresUser.find();
        Path users = folder().resolve("users.txt");
        Files.writeString(users, "\"" + postgres.user() + "\" \"" + postgres.password() + "\"\n");
        Path settings = folder().resolve("pgbouncer.ini");
        Files.writeString(
                settings,
                String.join(
                        "\n",
                        "[databases]",
                        "* = host=" + postgres.host() + " port=" + postgres.port(),
                        "[pgbouncer]",
                        "listen_addr = 127.0.0.1",
                        "listen_port = " + port(),
                        "unix_socket_dir =",
                        "auth_type = scram-sha-256",
                        "auth_file = " + users,
                        "pool_mode = transaction",
                        "default_pool_size = 2",
                        // what every JDBC driver sends
                        "ignore_startup_parameters = extra_float_digits",
                        ""));
        user.own(folder());
        List<String> command = new ArrayList<>(user.prefix());
        command.add(program().toString());
        command.add(settings.toString());
        return command;
    }

    private static Path program() {
        Path installed = Command.onPath("pgbouncer");
        return installed == null ? packages().resolve("usr/sbin/pgbouncer") : installed;
    }

    private static Path packages() {
        PostgresUser user = PostgresUser.find();
        return Folders.cached(user.cache(), "pgbouncer-bookworm", folder -> {
            ProgressLines.say("PgBouncer: fetching Debian's package into " + user.cache());
            DebianPackages.unpack("bookworm", List.of("pgbouncer", "libevent-2.1-7", "libc-ares2"), folder);
            user.mayRead(folder);
        });
    }

    @Override
    Map<String, String> environment() {
        return Command.onPath("pgbouncer") != null
                ? Map.of()
                : Map.of(
                        "LD_LIBRARY_PATH",
                        packages().resolve("usr/lib/x86_64-linux-gnu").toString());
    }

    @Override
    boolean isReady() throws Exception {
        try (Connection connection = connect("postgres")) {
            return connection.isValid(2);
        }
    }

    @Override
    Duration startTimeout() {
        return Duration.ofSeconds(30);
    }

    private static final class Builder extends LocalServer.Builder<Builder> {
        private final Postgres postgres;

        private Builder(Postgres postgres) {
            super("pgbouncer");
            this.postgres = postgres;
        }

        @Override
        Builder self() {
            return this;
        }
    }
}
