package dev.etcdpg.testing.it;

import dev.etcdpg.plugin.PluginPath;
import dev.etcdpg.testing.servers.CertificateAuthority;
import dev.etcdpg.testing.servers.CertificateFiles;
import dev.etcdpg.testing.servers.Etcd;
import dev.etcdpg.testing.servers.Postgres;
import dev.etcdpg.testing.servers.PsqlScript;
import dev.etcdpg.testing.stack.Checkout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** An etcd with mutual TLS and users and a PostgreSQL with TLS and roles, as config-examples/security makes them, and certificates of all kinds. */
final class SecuredServers implements AutoCloseable {
    static final String PASSWORD = "the-only-password";
    static final String PREFIX = "/app/";
    static final String DATABASE = "secured";

    private static final Path SCRIPTS = Checkout.examples().resolve("security");

    final CertificateAuthority ca;
    final CertificateAuthority otherCa;
    final Etcd etcd;
    final Postgres postgres;
    private final CertificateFiles etcdFiles;
    private final CertificateFiles postgresFiles;

    SecuredServers(Path folder) throws Exception {
        ca = CertificateAuthority.create(folder, "ca");
        otherCa = CertificateAuthority.create(folder.resolve("other"), "other-ca");
        etcdFiles = etcdCertificate();
        postgresFiles = postgresCertificate();
        etcd = Etcd.builder()
                .name("etcd-secured")
                .tls(ca.certificate(), etcdFiles)
                .clientCertificates(ca.client("root"))
                .start();
        postgres = Postgres.builder()
                .name("postgres-secured")
                .tls(postgresFiles, ca.certificate(), "hostnossl all all 127.0.0.1/32 reject")
                .start();
        addUsers();
        addRoles();
    }

    /** Valid for the address of the member, and not for localhost. */
    private CertificateFiles etcdCertificate() {
        return ca.server("etcd", "127.0.0.1", "etcd.internal");
    }

    /** Valid for localhost, and not for the address of the server. */
    private CertificateFiles postgresCertificate() {
        return ca.server("postgres", "localhost");
    }

    private void addUsers() {
        etcd.runScript(
                SCRIPTS.resolve("etcd-roles.sh"),
                Map.of("SOURCE_PASSWORD", PASSWORD, "SINK_PASSWORD", PASSWORD),
                PREFIX);
        etcd.etcdctl("user", "add", "root", "--no-password");
        etcd.etcdctl("user", "grant-role", "root", "root");
        etcd.etcdctl("auth", "enable");
    }

    private void addRoles() throws Exception {
        postgres.createDatabase(DATABASE);
        try (Connection connection = postgres.connect(DATABASE);
                var plugins = Files.list(PluginPath.folder())) {
            Path install = plugins.findFirst().orElseThrow().resolve("etc/sql/install.sql");
            new PsqlScript(connection, Map.of("prefix", PREFIX)).run(install);
            for (String kind : List.of("sink", "source")) {
                new PsqlScript(connection, Map.of()).run(SCRIPTS.resolve("postgres-" + kind + ".sql"));
            }
        }
        postgres.execute(
                DATABASE,
                "alter role etcd_pg_sink password '" + PASSWORD + "'; alter role etcd_pg_source password '" + PASSWORD
                        + "'");
    }

    /** Returns the settings of one of the four connectors. The map is the caller's. */
    Map<String, String> settings(String connector) {
        Map<String, String> settings = new HashMap<>(Map.of(
                "name",
                connector,
                "value.converter",
                "org.apache.kafka.connect.json.JsonConverter",
                "value.converter.schemas.enable",
                "false"));
        switch (connector) {
            case "etcd-source" -> settings.put("connector.class", "dev.etcdpg.etcd.source.EtcdSourceConnector");
            case "etcd-sink" ->
                settings.putAll(Map.of(
                        "connector.class", "dev.etcdpg.etcd.sink.EtcdSinkConnector",
                        "topics", "pg.etcd"));
            case "pg-sink" ->
                settings.putAll(Map.of(
                        "connector.class",
                        "dev.etcdpg.pg.sink.PostgresSinkConnector",
                        "topics",
                        "etcd.etcd",
                        "auto.create",
                        "false",
                        "connection.user",
                        "etcd_pg_sink"));
            default ->
                settings.putAll(Map.of(
                        "connector.class",
                        "dev.etcdpg.pg.source.PostgresNotifySourceConnector",
                        "connection.user",
                        "etcd_pg_source"));
        }
        if (connector.startsWith("etcd")) {
            CertificateFiles client = ca.client(connector);
            settings.putAll(Map.of(
                    "etcd.endpoints",
                    etcd.endpoint(),
                    "etcd.cacert",
                    ca.certificate().toString(),
                    "etcd.cert",
                    client.certificate().toString(),
                    "etcd.key",
                    client.key().toString(),
                    "etcd.user",
                    connector,
                    "etcd.password",
                    PASSWORD));
        } else {
            settings.put("connection.url", jdbcUrl("localhost", ca));
            settings.put("connection.password", PASSWORD);
        }
        if (!connector.equals("pg-notify-source")) {
            settings.put("etcd.prefix", PREFIX);
        }
        return settings;
    }

    String jdbcUrl(String host, CertificateAuthority trusted) {
        return "jdbc:postgresql://" + host + ":" + postgres.port() + "/" + DATABASE
                + "?sslmode=verify-full&sslrootcert=" + trusted.certificate();
    }

    /** Issues a certificate that has expired yesterday. */
    CertificateFiles expired(String name) {
        Instant now = Instant.now();
        return ca.issue(name, builder -> builder.subject("CN=" + name)
                .addSanDnsName("localhost")
                .addSanIpAddress("127.0.0.1")
                .addExtendedKeyUsageServerAuth()
                .addExtendedKeyUsageClientAuth()
                .notBefore(now.minus(Duration.ofDays(2)))
                .notAfter(now.minus(Duration.ofDays(1))));
    }

    /** Lets both servers show certificates that have expired, for new connections. */
    void showExpiredCertificates() throws IOException {
        move(expired("etcd-expired"), etcdFiles);
        postgres.replaceCertificate(expired("postgres-expired"));
    }

    void showGoodCertificates() {
        etcdCertificate();
        postgres.replaceCertificate(postgresCertificate());
    }

    private static void move(CertificateFiles from, CertificateFiles to) throws IOException {
        Files.move(from.certificate(), to.certificate(), StandardCopyOption.REPLACE_EXISTING);
        Files.move(from.key(), to.key(), StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public void close() {
        etcd.close();
        postgres.close();
    }
}
