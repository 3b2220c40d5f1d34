package dev.etcdpg.etcd.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.etcdpg.testing.servers.CertificateAuthority;
import dev.etcdpg.testing.servers.CertificateFiles;
import dev.etcdpg.testing.servers.Etcd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The source at an etcd with mutual TLS and users. The watches must go on when certificates, tokens and users change. */
class SecuredEtcdIT {

    private static final String ROOT = "--user=root:root";
    private static final Path ROLES = Path.of("..", "config-examples", "security", "etcd-roles.sh");

    @TempDir
    Path folder;

    private static Map<String, List<String>> complaints(Map<String, String> settings) {
        return new EtcdSourceConnector()
                .validate(settings).configValues().stream()
                        .filter(value -> !value.errorMessages().isEmpty())
                        .collect(Collectors.toMap(value -> value.name(), value -> value.errorMessages()));
    }

    private static Map<String, String> settings(Etcd etcd, String... more) {
        Map<String, String> config = new HashMap<>(
                Map.of("name", "source", "etcd.endpoints", etcd.endpoint(), "etcd.prefix", "/app/", "partitions", "2"));
        for (int i = 0; i < more.length; i += 2) {
            config.put(more[i], more[i + 1]);
        }
        return config;
    }

    private static void enableAuth(Etcd etcd) throws Exception {
        ProcessBuilder script = new ProcessBuilder(ROLES.toString(), "/app/").inheritIO();
        script.environment()
                .putAll(Map.of("ETCDCTL", String.join(" ", etcd.etcdctlCommand()), "SOURCE_PASSWORD", "pw"));
        assertThat(script.start().waitFor()).isZero();
        etcd.etcdctl("user", "add", "root:root");
        etcd.etcdctl("user", "grant-role", "root", "root");
        etcd.etcdctl("auth", "enable");
    }

    @Test
    void mutualTlsGoesOnWhenAllCertificatesAreReplaced() throws IOException {
        CertificateAuthority ca = CertificateAuthority.create(folder, "ca");
        CertificateAuthority newCa = CertificateAuthority.create(folder.resolve("new"), "new-ca");
        CertificateFiles client = ca.client("app");
        CertificateFiles server = ca.server("server", "127.0.0.1");
        Path trusted = Files.copy(ca.certificate(), folder.resolve("trusted.crt"));
        try (Etcd etcd = Etcd.builder()
                .name("mutual")
                .tls(ca.certificate(), server)
                .clientCertificates(client)
                .start()) {
            Map<String, String> settings = settings(
                    etcd,
                    "etcd.cacert",
                    trusted.toString(),
                    "etcd.cert",
                    client.certificate().toString(),
                    "etcd.key",
                    client.key().toString());
            assertThat(complaints(settings)).doesNotContainKeys("etcd.cacert", "etcd.cert", "etcd.key");
            try (RunningTask task = new RunningTask(settings)) {
                task.untilEnds(1);
                etcd.etcdctl("put", "/app/a", "1");
                task.until(t -> t.events().size() == 1);

                etcd.kill();
                move(newCa.server("server", "127.0.0.1"), server);
                move(newCa.client("app"), client);
                Files.copy(newCa.certificate(), ca.certificate(), StandardCopyOption.REPLACE_EXISTING);
                Files.copy(newCa.certificate(), trusted, StandardCopyOption.REPLACE_EXISTING);
                etcd.start();
                etcd.etcdctl("put", "/app/a", "2");
                task.until(Duration.ofSeconds(90), t -> t.events().size() == 2);
            }
        }
    }

    private static void move(CertificateFiles from, CertificateFiles to) throws IOException {
        Files.move(from.certificate(), to.certificate(), StandardCopyOption.REPLACE_EXISTING);
        Files.move(from.key(), to.key(), StandardCopyOption.REPLACE_EXISTING);
    }

    /** The role has read on the prefix only. The source writes nothing but its bookkeeping keys. */
    @Test
    void aTokenThatEndsAndARoleThatChangesDoNotStopAWatch() throws Exception {
        try (Etcd etcd =
                Etcd.builder().name("tokens").flag("--auth-token-ttl=1").start()) {
            enableAuth(etcd);
            Map<String, String> settings = settings(etcd, "etcd.user", "etcd-source", "etcd.password", "pw");
            assertThat(complaints(settings)).doesNotContainKeys("etcd.user", "etcd.password", "etcd.prefix");
            try (RunningTask task = new RunningTask(settings)) {
                task.untilEnds(1);
                TimeUnit.MILLISECONDS.sleep(2_500); // the token ends
                etcd.etcdctl(ROOT, "put", "/app/a", "1");
                task.until(t -> t.events().size() == 1);
                etcd.etcdctl(ROOT, "role", "add", "unrelated"); // every token's revision of the rights is old now
                etcd.etcdctl(ROOT, "put", "/app/a", "2");
                task.until(t -> t.events().size() == 2);
                etcd.kill();
                etcd.start(); // the member has forgotten all tokens
                etcd.etcdctl(ROOT, "put", "/app/a", "3");
                task.until(Duration.ofSeconds(90), t -> t.events().size() == 3);
            }
        }
    }

    @Test
    void authenticationThatIsEnabledUnderATaskWithoutAUserIsNamed() throws Exception {
        try (Etcd etcd = Etcd.builder().name("enabled").start();
                RunningTask task = new RunningTask(settings(etcd, "heartbeat.interval.ms", "300"))) {
            task.untilEnds(1);
            enableAuth(etcd);
            etcd.kill();
            etcd.start(); // the watch is opened again
            assertThatThrownBy(() -> task.until(Duration.ofSeconds(90), t -> false))
                    .isInstanceOf(ConnectException.class)
                    .hasMessageContaining("etcd.user and etcd.password");
        }
    }

    /** Takes each right of the role away, and each half of the right to read and write. */
    @Test
    void eachRightOfTheRoleIsNeeded() throws Exception {
        try (Etcd etcd = Etcd.builder().name("rights").start()) {
            enableAuth(etcd);
            assertNeeded(etcd, "/app/", "read", "");
            assertNeeded(etcd, "/app/", "read", "write");
            for (String less : List.of("", "read", "write")) {
                assertNeeded(etcd, "/etcd-pg-connect/", "readwrite", less);
            }
            try (RunningTask task =
                    new RunningTask(settings(etcd, "etcd.user", "etcd-source", "etcd.password", "pw"))) {
                task.untilEnds(1);
            }
        }
    }

    /** @param less the right that the role has instead of the right that it needs; empty for none */
    private static void assertNeeded(Etcd etcd, String prefix, String needed, String less) {
        etcd.etcdctl(ROOT, "del", "--prefix", "/etcd-pg-connect/");
        etcd.etcdctl(ROOT, "role", "revoke-permission", "etcd-source", "--prefix=true", prefix);
        if (!less.isEmpty()) {
            etcd.etcdctl(ROOT, "role", "grant-permission", "etcd-source", "--prefix=true", less, prefix);
        }
        assertThatThrownBy(() -> {
                    try (RunningTask task =
                            new RunningTask(settings(etcd, "etcd.user", "etcd-source", "etcd.password", "pw"))) {
                        task.until(Duration.ofSeconds(60), t -> false);
                    }
                })
                .as("%s in place of %s on %s", less, needed, prefix)
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining(
                        "grant its role read on the prefixes of the routes and readwrite on the bookkeeping");
        etcd.etcdctl(ROOT, "role", "grant-permission", "etcd-source", "--prefix=true", needed, prefix);
    }
}
