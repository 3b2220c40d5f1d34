package dev.etcdpg.testing.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;

/** A PostgreSQL cluster with fsync on and password authentication. Its user is a superuser, also with TLS. */
public final class Postgres extends LocalServer {
    private static final AtomicInteger NEXT_DATABASE = new AtomicInteger();

    private final PostgresVersion version;
    private final Map<String, String> settings;
    private final PostgresAccess access;
    private final String password;
    private final Map<String, String> connectionProperties;

    /** The server whose standby this one is; null for none. */
    private final Postgres primary;

    private Postgres(Builder builder) {
        super(builder);
        this.primary = builder.primary;
        this.version = builder.version;
        this.settings = new LinkedHashMap<>(builder.settings);
        this.access = builder.access;
        this.password = builder.password;
        this.connectionProperties = Map.copyOf(builder.connectionProperties);
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Starts a server of the highest version. */
    public static Postgres started() {
        return builder().start();
    }

    /** Returns the server of the highest version that all tests of this JVM share. Use a database of your own. */
    public static Postgres shared() {
        return SharedHigh.POSTGRES;
    }

    /** Returns the server of a version that all tests of this JVM share. Use a database of your own. */
    public static Postgres shared(PostgresVersion version) {
        return version == PostgresVersion.HIGH ? SharedHigh.POSTGRES : SharedLow.POSTGRES;
    }

    public String host() {
        return "127.0.0.1";
    }

    public int port() {
        return port("postgres");
    }

    public String user() {
        return "postgres";
    }

    public String password() {
        return password;
    }

    /** {@code jdbc:postgresql://127.0.0.1:port/database}, without user and password. */
    public String jdbcUrl(String database) {
        return "jdbc:postgresql://" + host() + ":" + port() + "/" + database;
    }

    /** {@code postgresql://user:password@127.0.0.1:port/database}. */
    public String url(String database) {
        return "postgresql://" + user() + ":" + password() + "@" + host() + ":" + port() + "/" + database;
    }

    public Connection connect(String database) throws SQLException {
        Properties properties = new Properties();
        properties.putAll(connectionProperties);
        properties.setProperty("user", user());
        properties.setProperty("password", password());
        // a server that is starting may accept the connection and not answer
        properties.setProperty("loginTimeout", "10");
        return DriverManager.getConnection(jdbcUrl(database), properties);
    }

    /** Replaces the certificate of a server with TLS. New connections see the new one. */
    public void replaceCertificate(CertificateFiles files) {
        try {
            access.with(files).prepare(folder());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        execute("postgres", "select pg_reload_conf()");
    }

    /** Creates an empty database of that name. */
    public void createDatabase(String database) {
        execute("postgres", "create database \"" + database.replace("\"", "\"\"") + "\"");
    }

    /** Creates an empty database with a new name that begins with {@code prefix}. */
    public String newDatabase(String prefix) {
        String database = prefix + "_" + NEXT_DATABASE.incrementAndGet();
        createDatabase(database);
        return database;
    }

    /** Runs one statement or several in a database. */
    public void execute(String database, String sql) {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new ServerException(name() + ": " + e.getMessage(), e);
        }
    }

    /** Returns the first column of each row. */
    public List<String> query(String database, String sql) {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            List<String> values = new ArrayList<>();
            while (result.next()) {
                values.add(result.getString(1));
            }
            return values;
        } catch (SQLException e) {
            throw new ServerException(name() + ": " + e.getMessage(), e);
        }
    }

    @Override
    List<String> command() throws IOException {
        if (!Files.exists(data().resolve("PG_VERSION"))) {
            initialize();
        }
        // The old process and its children have ended. PostgreSQL would refuse to start if another process had the old
        // pid.
        Files.deleteIfExists(data().resolve("postmaster.pid"));
        List<String> arguments = new ArrayList<>(List.of("-D", data().toString()));
        Map<String, String> all = new LinkedHashMap<>();
        all.put("port", Integer.toString(port()));
        all.put("listen_addresses", host());
        all.put("unix_socket_directories", "");
        all.put("fsync", "on");
        all.put("max_prepared_transactions", "10");
        all.putAll(access.prepare(folder()));
        all.putAll(settings);
        all.forEach((key, value) -> {
            arguments.add("-c");
            arguments.add(key + "=" + value);
        });
        return PostgresBinaries.of(version).command("postgres", arguments.toArray(String[]::new));
    }

    /** Makes a base backup of the primary, and follows the primary by streaming. The archive has no pg_basebackup. */
    private void copyPrimary() throws IOException {
        PostgresBinaries binaries = PostgresBinaries.of(version);
        binaries.createData(data());
        try (Connection connection = primary.connect("postgres");
                Statement statement = connection.createStatement()) {
            statement.execute("select pg_backup_start('standby', true)");
            binaries.copy(primary.data(), data());
            try (ResultSet label = statement.executeQuery("select labelfile from pg_backup_stop(false)")) {
                label.next();
                Files.writeString(data().resolve("backup_label"), label.getString(1));
            }
        } catch (SQLException e) {
            throw new ServerException(name() + ": " + e.getMessage(), e);
        }
        Files.createFile(data().resolve("standby.signal"));
    }

    private void initialize() throws IOException {
        Folders.delete(data());
        if (primary != null) {
            copyPrimary();
            return;
        }
        PostgresBinaries binaries = PostgresBinaries.of(version);
        binaries.createData(data());
        Path passwordFile = Files.writeString(folder().resolve("initdb.password"), password());
        try {
            Command.run(PostgresBinaries.of(version)
                    .command(
                            "initdb",
                            "-D",
                            data().toString(),
                            "--username=" + user(),
                            "--pwfile=" + passwordFile,
                            "--auth=scram-sha-256",
                            "--encoding=UTF8",
                            "--locale=C",
                            "--no-sync"));
        } finally {
            Files.deleteIfExists(passwordFile);
        }
    }

    @Override
    boolean isReady() throws SQLException {
        if (!Ports.isOpen(port())) {
            return false;
        }
        try (Connection connection = connect("postgres")) {
            return connection.isValid(2);
        }
    }

    @Override
    Duration startTimeout() {
        return Duration.ofSeconds(60);
    }

    private static final class SharedHigh {
        private static final Postgres POSTGRES =
                builder().name("postgres-shared").start();
    }

    private static final class SharedLow {
        private static final Postgres POSTGRES = builder()
                .name("postgres-shared-low")
                .version(PostgresVersion.LOW)
                .start();
    }

    /** Settings of a server. */
    public static final class Builder extends LocalServer.Builder<Builder> {
        private final Map<String, String> settings = new LinkedHashMap<>();
        private PostgresVersion version = PostgresVersion.HIGH;
        private PostgresAccess access = PostgresAccess.BY_PASSWORD;
        private Postgres primary;
        private String password = "local-only";
        private Map<String, String> connectionProperties = Map.of();

        private Builder() {
            super("postgres");
        }

        @Override
        Builder self() {
            return this;
        }

        public Builder version(PostgresVersion chosen) {
            this.version = chosen;
            return this;
        }

        /**
         * Sets the password of the superuser, which a new cluster gets.
         *
         * @param properties the JDBC driver's properties for the superuser's connections, like {@code sslmode}
         */
        public Builder superuser(String secret, Map<String, String> properties) {
            this.password = secret;
            this.connectionProperties = properties;
            return this;
        }

        /** Makes the server a hot standby that follows a running server of the same version. */
        public Builder standbyOf(Postgres followed) {
            this.primary = followed;
            return setting(
                    "primary_conninfo",
                    "host=" + followed.host() + " port=" + followed.port() + " user=" + followed.user() + " password="
                            + followed.password());
        }

        /** Sets a parameter of postgresql.conf, like {@code log_statement=all}. */
        public Builder setting(String parameter, String value) {
            settings.put(parameter, value);
            return this;
        }

        /**
         * Offers TLS.
         *
         * @param files certificate of the server
         * @param clientAuthority certificate of the authority that issues the certificates of clients
         * @param rules lines of pg_hba.conf that decide before the rule for all: a password, with TLS or without
         */
        public Builder tls(CertificateFiles files, Path clientAuthority, String... rules) {
            access = new PostgresAccess(files, clientAuthority, List.of(rules));
            return this;
        }

        public Postgres build() {
            return new Postgres(this);
        }

        public Postgres start() {
            Postgres postgres = build();
            postgres.start();
            return postgres;
        }
    }
}
