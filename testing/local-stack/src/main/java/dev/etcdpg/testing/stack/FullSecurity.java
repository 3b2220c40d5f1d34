package dev.etcdpg.testing.stack;

import dev.etcdpg.testing.servers.Etcd;
import dev.etcdpg.testing.servers.Postgres;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Mutual TLS and users to etcd, TLS and SCRAM to PostgreSQL. Connectors and clients have the rights that config-examples/security grants, and no
 * others. Kafka and Connect's REST API stay in plain text.
 */
final class FullSecurity implements StackSecurity {
    private static final String HOST = "localhost";

    private final SecurityFolder files;

    FullSecurity(SecurityFolder files) {
        this.files = files;
    }

    @Override
    public void protect(Etcd.Builder etcd) {
        etcd.tls(files.ca(), files.etcd()).clientCertificates(files.root());
    }

    @Override
    public void protect(Postgres.Builder postgres) {
        postgres.tls(
                        files.postgres(),
                        files.ca(),
                        "hostssl all all 127.0.0.1/32 scram-sha-256",
                        "hostnossl all all 127.0.0.1/32 reject")
                .superuser(files.password(SqlRole.SUPERUSER.user()), tls());
    }

    private Map<String, String> tls() {
        return Map.of("sslmode", "verify-full", "sslrootcert", files.ca().toString());
    }

    /** Keeps configurations from reading other files of the workers' machine. */
    @Override
    public Map<String, String> workerSettings() {
        return Map.of(
                "config.providers.file.param.allowed.paths", files.connect().toString());
    }

    @Override
    public Path examples() {
        return Checkout.securityExamples();
    }

    @Override
    public void createUsers(Etcd etcd, Postgres postgres) {
        new EtcdUsers(etcd, files, this::anonymous).create();
        new PostgresRoles(login(postgres, SqlRole.SUPERUSER), login(postgres, SqlRole.OWNER), files).create();
        files.writePgpass(postgres.port());
    }

    @Override
    public Map<String, String> environment(Etcd etcd, Postgres postgres) {
        String port = Integer.toString(postgres.port());
        String application = SqlRole.APPLICATION.user();
        Map<String, String> all = new LinkedHashMap<>();
        all.put("ETCD_ENDPOINTS", etcd.endpoint());
        // the names that etcdctl reads
        all.putAll(etcd.etcdctlEnvironment());
        all.put(
                "PG_URL",
                "postgresql://" + application + "@" + HOST + ":" + port + "/" + Stack.DATABASE
                        + "?sslmode=verify-full&sslrootcert=" + files.ca() + "&passfile=" + files.pgpass());
        all.put("PG_JDBC_URL", jdbcUrl(postgres) + "?sslmode=verify-full&sslrootcert=" + files.ca());
        all.put("PG_USER", application);
        // the names that psql reads
        all.put("PGHOST", HOST);
        all.put("PGPORT", port);
        all.put("PGDATABASE", Stack.DATABASE);
        all.put("PGUSER", application);
        all.put("PGPASSFILE", files.pgpass().toString());
        all.put("PGSSLMODE", "verify-full");
        all.put("PGSSLROOTCERT", files.ca().toString());
        all.put("SECURITY_FOLDER", files.connect().toString());
        return all;
    }

    @Override
    public EtcdHttpClient etcdClient(Etcd etcd) {
        return new EtcdHttpClient(etcd.endpoint(), pem(), new EtcdPassword("root", files.password("root")));
    }

    /** A client without a user, for the time before authentication is enabled. */
    private EtcdHttpClient anonymous(Etcd etcd) {
        return new EtcdHttpClient(etcd.endpoint(), pem(), null);
    }

    private PemIdentity pem() {
        return new PemIdentity(files.ca(), files.gateway());
    }

    @Override
    public SqlLogin login(Postgres postgres, SqlRole role) {
        return login(postgres, role.user(), files.password(role.user()));
    }

    @Override
    public SqlLogin newApplication(Postgres postgres, String name) {
        String password = SecurityFolder.newPassword();
        new PostgresRoles(login(postgres, SqlRole.SUPERUSER), login(postgres, SqlRole.OWNER), files)
                .createApplication(name, password);
        return login(postgres, name, password);
    }

    private SqlLogin login(Postgres postgres, String user, String password) {
        Map<String, String> properties = new LinkedHashMap<>(tls());
        properties.put("user", user);
        properties.put("password", password);
        return new SqlLogin(jdbcUrl(postgres), properties);
    }

    private static String jdbcUrl(Postgres postgres) {
        return "jdbc:postgresql://" + HOST + ":" + postgres.port() + "/" + Stack.DATABASE;
    }
}
