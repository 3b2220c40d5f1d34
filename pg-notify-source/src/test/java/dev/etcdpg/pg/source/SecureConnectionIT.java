package dev.etcdpg.pg.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.etcdpg.pg.client.ConnectionFactory;
import dev.etcdpg.pg.schema.Migrations;
import dev.etcdpg.testing.kit.SecurePostgres;
import dev.etcdpg.testing.servers.CertificateAuthority;
import dev.etcdpg.testing.servers.CertificateFiles;
import dev.etcdpg.testing.servers.Postgres;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigValue;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** The source connects with TLS, a client certificate and SCRAM. The validation says in one sentence why such a connection fails. */
class SecureConnectionIT {

    private static final String URL = "connection.url";

    @AutoClose
    private static final SecurePostgres POSTGRES = SecurePostgres.started();

    private static final Path AUTHORITY = POSTGRES.authority().certificate();
    private static final CertificateFiles CLIENT = POSTGRES.client();

    @Test
    void allConnectionsAreEncryptedAndShowTheCertificateOfTheRole() throws SQLException {
        Postgres server = POSTGRES.server();
        String database = server.newDatabase("secure");
        Migrations.apply(
                new ConnectionFactory(server.jdbcUrl(database), server.user(), server.password()), "etcd_sync");
        server.execute(database, "set search_path = etcd_sync, public; select etcd_install('app', '/a/')");
        server.execute(
                database,
                "insert into etcd_sync.etcd_snapshot select 'app', p, '', '', 10, 1, 0, 4 from generate_series(0, 3) p");
        Map<String, String> settings = POSTGRES.settings(database);
        assertThat(errors(settings)).isEmpty();
        try (TaskRun run = new TaskRun(settings, new HashMap<>())) {
            server.execute(database, "insert into app (key, value) values ('/a/1', 'x')");
            run.untilReceived(1);
            assertThat(server.query(
                            "postgres",
                            "select application_name || ' ' || s.ssl || ' ' || (s.version >= 'TLSv1.2') || ' ' || s.client_dn"
                                    + " from pg_stat_activity a join pg_stat_ssl s using (pid) where usename = '"
                                    + SecurePostgres.ROLE + "' order by 1"))
                    .containsExactly(
                            "etcd-pg-connect listener true true /CN=mutual",
                            "etcd-pg-connect notify source true true /CN=mutual");
        }
    }

    @Test
    void anUnknownAuthorityIsNamed() {
        assertThat(errorOf(POSTGRES.url("postgres", POSTGRES.otherAuthority().certificate(), CLIENT)))
                .contains("no authority that the connector trusts", "sslrootcert");
        assertThat(errorOf(POSTGRES.url("postgres", Path.of("/nowhere/ca.crt"), CLIENT)))
                .contains("/nowhere/ca.crt");
    }

    @Test
    void anotherHostNameIsNamed() {
        String url = POSTGRES.url("postgres", AUTHORITY, CLIENT).replace("localhost", "127.0.0.1");
        assertThat(errorOf(url)).contains("is for another host name than the one in connection.url");
    }

    @Test
    void anExpiredCertificateOfTheServerIsNamed() {
        POSTGRES.server().replaceCertificate(expired(POSTGRES.authority(), "expired-server", "localhost"));
        try {
            assertThat(errors(POSTGRES.settings("postgres")).get(URL).get(0))
                    .contains("the certificate of the server has expired");
        } finally {
            POSTGRES.server().replaceCertificate(POSTGRES.serverFiles());
        }
        assertThat(errors(POSTGRES.settings("postgres"))).isEmpty();
    }

    @Test
    void aCertificateThatTheServerRefusesIsNamed() {
        CertificateFiles expired = expired(POSTGRES.authority(), SecurePostgres.ROLE + "-expired", SecurePostgres.ROLE);
        assertThat(errorOf(POSTGRES.url("postgres", AUTHORITY, expired)))
                .contains("the server has ended the TLS handshake", "refuse the certificate of sslcert");
        CertificateFiles foreign = POSTGRES.otherAuthority().client(SecurePostgres.ROLE);
        assertThat(errorOf(POSTGRES.url("postgres", AUTHORITY, foreign)))
                .contains("the server wants a certificate of an authority that it trusts", "sslcert and sslkey");
        assertThat(errorOf(POSTGRES.server().jdbcUrl("postgres"))).contains("sslcert and sslkey");
    }

    @Test
    void aFileThatIsNoKeyIsNamed() {
        Path nowhere = Path.of("/nowhere/client.key");
        assertThat(errorOf(POSTGRES.url("postgres", AUTHORITY, new CertificateFiles(CLIENT.certificate(), nowhere))))
                .contains(nowhere.toString());
        assertThat(errorOf(POSTGRES.url("postgres", AUTHORITY, CLIENT).replace("&pemKeyAlgorithm=EC", "")))
                .contains("not an RSA key", "pemKeyAlgorithm=EC");
    }

    @Test
    void aCertificateOfAnotherRoleIsNamedBesideThePassword() {
        CertificateFiles other = POSTGRES.authority().client("somebody");
        Map<String, List<String>> errors = errors(Map.of(URL, POSTGRES.url("postgres", AUTHORITY, other)));
        assertThat(errors).containsOnlyKeys("connection.password");
        assertThat(errors.get("connection.password").get(0))
                .contains("the name in the certificate of sslcert is not the name of the role");
    }

    @Test
    void aWrongPasswordIsAnErrorOfThePassword() {
        Map<String, List<String>> errors = errors(Map.of("connection.password", "not the password"));
        assertThat(errors).containsOnlyKeys("connection.password");
        assertThat(errors.toString()).doesNotContain("not the password", SecurePostgres.PASSWORD);
    }

    @Test
    void aConnectionWithoutTlsIsRefused() {
        String url = POSTGRES.server().jdbcUrl("postgres") + "?sslmode=disable";
        assertThat(errors(Map.of(URL, url)).get("connection.user").get(0)).contains("no encryption");
    }

    private static CertificateFiles expired(CertificateAuthority authority, String file, String name) {
        Instant now = Instant.now();
        return authority.issue(file, builder -> builder.subject("CN=" + name)
                .addSanDnsName(name)
                .addExtendedKeyUsageServerAuth()
                .addExtendedKeyUsageClientAuth()
                .notBefore(now.minus(Duration.ofDays(2)))
                .notAfter(now.minus(Duration.ofDays(1))));
    }

    /** Returns the only error, which is one of the URL. */
    private static String errorOf(String url) {
        Map<String, List<String>> errors = errors(Map.of(URL, url));
        assertThat(errors).containsOnlyKeys(URL);
        return errors.get(URL).get(0);
    }

    /** Returns the errors of the validation by setting, with some settings that differ from those that work. */
    private static Map<String, List<String>> errors(Map<String, String> changes) {
        Map<String, String> settings = POSTGRES.settings("postgres");
        settings.putAll(changes);
        return new PostgresNotifySourceConnector()
                .validate(settings).configValues().stream()
                        .filter(value -> !value.errorMessages().isEmpty())
                        .collect(Collectors.toMap(ConfigValue::name, ConfigValue::errorMessages));
    }
}
