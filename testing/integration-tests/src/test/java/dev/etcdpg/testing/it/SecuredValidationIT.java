package dev.etcdpg.testing.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.etcdpg.testing.servers.CertificateFiles;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Mistakes in certificates, passwords and rights, as a user sees them: in Connect's answer to a configuration, one sentence at one setting. */
class SecuredValidationIT {
    private static final Sides SIDES = Sides.shared();
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int LONGEST = 500;

    @TempDir
    private static Path folder;

    private static SecuredServers servers;

    @BeforeAll
    static void start() throws Exception {
        servers = new SecuredServers(folder);
    }

    @AfterAll
    static void stop() {
        servers.close();
    }

    /** Returns the messages by setting. */
    private static Map<String, List<String>> complaints(Map<String, String> settings) {
        JsonNode answer = SIDES.connect().validate(settings);
        assertThat(answer.toString()).doesNotContain(SecuredServers.PASSWORD);
        Map<String, List<String>> complaints = new HashMap<>();
        for (JsonNode one : answer.path("configs")) {
            List<String> messages = new ArrayList<>();
            one.path("value").path("errors").forEach(message -> messages.add(message.asText()));
            if (!messages.isEmpty()) {
                complaints.put(one.path("value").path("name").asText(), messages);
            }
        }
        return complaints;
    }

    /** Requires one complaint, at this setting, in words for a user. On a busy machine a server can miss the deadline of a validation. */
    private static void assertComplaint(Map<String, String> settings, String setting, String... words) {
        await().atMost(PATIENCE).untilAsserted(() -> {
            Map<String, List<String>> complaints = complaints(settings);
            assertThat(complaints).as(setting).containsOnlyKeys(setting);
            assertThat(complaints.get(setting)).singleElement().asString().contains(words);
            assertIsASentence(complaints.get(setting).get(0));
        });
    }

    private static void assertIsASentence(String complaint) {
        assertThat(complaint)
                .hasSizeLessThan(LONGEST)
                .doesNotContain("\n", "Exception", "io.grpc", "org.postgresql", "javax.", "PKIX");
    }

    private static void assertAccepted(String connector) {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(complaints(servers.settings(connector)))
                .isEmpty());
    }

    private static Map<String, String> with(Map<String, String> settings, String... more) {
        for (int i = 0; i < more.length; i += 2) {
            settings.put(more[i], more[i + 1]);
        }
        return settings;
    }

    @ParameterizedTest
    @ValueSource(strings = {"etcd-source", "etcd-sink"})
    void ofEtcd(String connector) {
        assertAccepted(connector);
        Path other = servers.otherCa.certificate();
        assertComplaint(
                with(servers.settings(connector), "etcd.cacert", other.toString()),
                "etcd.cacert",
                "no CA has signed",
                other.toString());
        CertificateFiles expired = servers.expired(connector + "-expired");
        assertComplaint(
                with(
                        servers.settings(connector),
                        "etcd.cert",
                        expired.certificate().toString(),
                        "etcd.key",
                        expired.key().toString()),
                "etcd.cert",
                "has expired at");
        String localhost = "https://localhost:" + servers.etcd.clientPort();
        assertComplaint(
                with(servers.settings(connector), "etcd.endpoints", localhost),
                "etcd.endpoints",
                "not valid for the name localhost",
                "Set etcd.tls.server.name");
        Map<String, List<String>> password = complaints(with(servers.settings(connector), "etcd.password", "wrong"));
        assertThat(password).containsOnlyKeys("etcd.user", "etcd.password");
        assertThat(password.get("etcd.password"))
                .isEqualTo(password.get("etcd.user"))
                .singleElement()
                .asString()
                .contains("etcd does not accept the user " + connector + " or the password");
        assertIsASentence(password.get("etcd.password").get(0));
    }

    @ParameterizedTest
    @CsvSource({"pg-sink, etcd_pg_sink", "pg-notify-source, etcd_pg_source"})
    void ofPostgres(String connector, String role) {
        assertAccepted(connector);
        assertComplaint(
                with(servers.settings(connector), "connection.url", servers.jdbcUrl("localhost", servers.otherCa)),
                "connection.url",
                "no authority that the connector trusts");
        assertComplaint(
                with(servers.settings(connector), "connection.url", servers.jdbcUrl("127.0.0.1", servers.ca)),
                "connection.url",
                "is for another host name");
        assertComplaint(
                with(servers.settings(connector), "connection.password", "wrong"),
                "connection.password",
                "password authentication failed");
        servers.postgres.execute(
                SecuredServers.DATABASE, "revoke update on etcd_sync.etcd_mirror, public.etcd from " + role);
        try {
            assertComplaint(
                    servers.settings(connector),
                    "connection.user",
                    "The role lacks these rights",
                    "UPDATE on",
                    "etcd_mirror",
                    "Let the owner of the tables run");
        } finally {
            servers.postgres.execute(
                    SecuredServers.DATABASE, "grant update on etcd_sync.etcd_mirror, public.etcd to " + role);
        }
    }

    @Test
    void ofServersWhoseCertificatesHaveExpired() throws Exception {
        servers.showExpiredCertificates();
        try {
            for (String connector : List.of("etcd-source", "etcd-sink")) {
                assertComplaint(
                        servers.settings(connector),
                        "etcd.endpoints",
                        "has a certificate that has expired (NotAfter: ");
            }
            for (String connector : List.of("pg-sink", "pg-notify-source")) {
                assertComplaint(
                        servers.settings(connector), "connection.url", "the certificate of the server has expired");
            }
        } finally {
            servers.showGoodCertificates();
        }
    }

    /** Takes each right of the two roles away, and each half of the right to read and write. */
    @ParameterizedTest
    @CsvSource({
        "etcd-source, /app/, read, etcd.prefix",
        "etcd-source, /etcd-pg-connect/, readwrite, bookkeeping.prefix",
        "etcd-sink, /app/, readwrite, etcd.prefix",
        "etcd-sink, /etcd-pg-connect/, readwrite, bookkeeping.prefix"
    })
    void ofEtcdsRights(String connector, String prefix, String right, String setting) {
        String sentence = "The etcd user " + connector + " lacks the permission " + right + " on prefix " + prefix
                + ". Grant it to a role of the user.";
        try {
            servers.etcd.etcdctl("role", "revoke-permission", connector, "--prefix=true", prefix);
            assertComplaint(servers.settings(connector), setting, sentence);
            for (String less : right.equals("read") ? List.of("write") : List.of("read", "write")) {
                servers.etcd.etcdctl("role", "grant-permission", connector, "--prefix=true", less, prefix);
                assertComplaint(servers.settings(connector), setting, sentence);
            }
        } finally {
            servers.etcd.etcdctl("role", "grant-permission", connector, "--prefix=true", right, prefix);
        }
        assertAccepted(connector);
    }

    /** A right that the test above does not take away is too much, or must be added to it. */
    @ParameterizedTest
    @CsvSource({"etcd-source, 2, 1", "etcd-sink, 2, 2"})
    void theRolesHaveNoOtherRights(String role, int reads, int writes) {
        String[] granted = servers.etcd.etcdctl("role", "get", role).split("KV Write:");
        assertThat(granted[0].lines().filter(line -> line.contains("["))).hasSize(reads);
        assertThat(granted[1].lines().filter(line -> line.contains("["))).hasSize(writes);
    }
}
