package dev.etcdpg.etcd.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.etcdpg.core.Revision;
import dev.etcdpg.core.record.Chain;
import dev.etcdpg.core.record.PgRecord;
import dev.etcdpg.core.record.PgRecordCodec;
import dev.etcdpg.testing.kit.Waits;
import dev.etcdpg.testing.servers.CertificateAuthority;
import dev.etcdpg.testing.servers.Etcd;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Users of etcd whose rights, passwords and tokens change while a task runs. The roles come from config-examples. */
class EtcdUsersIT {

    private static final String ROOT = "--user=root:root";
    private static final Path ROLES = Path.of("..", "config-examples", "security", "etcd-roles.sh");

    @TempDir
    Path folder;

    private final AtomicLong offsets = new AtomicLong();

    /** Runs the script as an operator does. */
    private static void addRoles(Etcd etcd, String sinkPassword) {
        run(
                Map.of(
                        "ETCDCTL",
                        String.join(" ", etcd.etcdctlCommand()),
                        "SOURCE_PASSWORD",
                        "source",
                        "SINK_PASSWORD",
                        sinkPassword),
                ROLES.toString(),
                "/app/");
    }

    private static void changePassword(Etcd etcd, String user, String password) {
        String etcdctl = String.join(" ", etcd.etcdctlCommand(ROOT, "user", "passwd", user, "--interactive=false"));
        run(Map.of(), "sh", "-c", "echo " + password + " | " + etcdctl);
    }

    private static void run(Map<String, String> environment, String... command) {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        try {
            Process process = builder.start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(output).isZero();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static void enableAuth(Etcd etcd) {
        etcd.etcdctl("user", "add", "root:root");
        etcd.etcdctl("user", "grant-role", "root", "root");
        etcd.etcdctl("auth", "enable");
    }

    private static Map<String, String> settings(Etcd etcd, String... more) {
        Map<String, String> all = new HashMap<>(Map.of(
                "etcd.endpoints",
                etcd.endpoint(),
                "etcd.prefix",
                "/app/",
                "etcd.request.timeout.ms",
                "2000",
                "loss.policy",
                "ignore"));
        for (int i = 0; i < more.length; i += 2) {
            all.put(more[i], more[i + 1]);
        }
        return all;
    }

    private SinkWorker started(Map<String, String> settings) {
        SinkWorker worker = new SinkWorker(settings);
        worker.add(record("/app/first"));
        worker.start();
        return worker;
    }

    private SinkRecord record(String key) {
        return new SinkRecord("plain", 0, null, key, null, "v", offsets.getAndIncrement());
    }

    private void writes(SinkWorker worker, Etcd etcd, String key) {
        worker.add(record(key));
        worker.all();
        assertThat(etcd.etcdctl(ROOT, "get", "--print-value-only", key).trim()).isEqualTo("v");
    }

    private static Stream<String> complaints(Map<String, String> settings) {
        return new EtcdSinkConnector()
                .validate(settings).configValues().stream()
                        .flatMap(value -> value.errorMessages().stream().map(text -> value.name() + ": " + text));
    }

    /** etcd forgets a simple token that was not used for a time, and every token when a member restarts. */
    @Test
    void aSimpleTokenIsRenewed() throws Exception {
        try (Etcd etcd =
                Etcd.builder().name("simple").flag("--auth-token-ttl=1").start()) {
            addRoles(etcd, "pw");
            enableAuth(etcd);
            Map<String, String> settings = settings(etcd, "etcd.user", "etcd-sink", "etcd.password", "pw");
            Waits.await("validation")
                    .untilAsserted(() -> assertThat(complaints(settings)).isEmpty());
            SinkWorker worker = started(settings);
            worker.all();
            TimeUnit.MILLISECONDS.sleep(3_500); // the token ends
            writes(worker, etcd, "/app/expired");
            etcd.kill();
            etcd.start();
            writes(worker, etcd, "/app/restarted");
            worker.task.stop();
        }
    }

    @Test
    void aJsonWebTokenIsRenewed() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        var pair = generator.generateKeyPair();
        Path publicKey = pem("PUBLIC KEY", pair.getPublic().getEncoded());
        Path privateKey = pem("PRIVATE KEY", pair.getPrivate().getEncoded());
        try (Etcd etcd = Etcd.builder()
                .name("jwt")
                .flag("--auth-token=jwt,pub-key=" + publicKey + ",priv-key=" + privateKey + ",sign-method=RS256,ttl=2s")
                .start()) {
            addRoles(etcd, "pw");
            enableAuth(etcd);
            SinkWorker worker = started(settings(etcd, "etcd.user", "etcd-sink", "etcd.password", "pw"));
            worker.all();
            TimeUnit.MILLISECONDS.sleep(3_000); // the token ends
            writes(worker, etcd, "/app/expired");
            worker.task.stop();
        }
    }

    private Path pem(String type, byte[] bytes) throws IOException {
        return Files.writeString(
                folder.resolve(type.replace(' ', '-')),
                "-----BEGIN " + type + "-----\n" + Base64.getMimeEncoder().encodeToString(bytes) + "\n-----END " + type
                        + "-----\n");
    }

    @Test
    void changesOfUsersAndRolesAreFollowedOrNamed() {
        try (Etcd etcd =
                Etcd.builder().name("changes").flag("--auth-token-ttl=1").start()) {
            addRoles(etcd, "pw");
            Map<String, String> named = settings(etcd, "etcd.user", "etcd-sink", "etcd.password", "pw");

            assertThat(complaints(named)).anyMatch(text -> text.contains("Remove etcd.user and etcd.password"));

            // authentication is enabled under running tasks, one with a user and one without
            SinkWorker anonymous = started(settings(etcd));
            anonymous.all();
            enableAuth(etcd);
            anonymous.add(record("/app/anonymous"));
            assertThatThrownBy(() -> deliver(anonymous))
                    .hasMessageContaining("etcd requires a user. Set etcd.user and etcd.password");
            anonymous.task.stop();
            SinkWorker worker = started(named);
            worker.all();

            // a role changes: other roles and users as well make the revision of the token's rights old
            etcd.etcdctl(ROOT, "role", "add", "unrelated");
            writes(worker, etcd, "/app/unrelated");
            etcd.etcdctl(ROOT, "role", "revoke-permission", "etcd-sink", "--prefix=true", "/app/");
            worker.add(record("/app/revoked"));
            assertThatThrownBy(() -> deliver(worker)).hasMessageContaining("grant its role readwrite");
            etcd.etcdctl(ROOT, "role", "grant-permission", "etcd-sink", "--prefix=true", "readwrite", "/app/");
            worker.restart(Map.of());
            writes(worker, etcd, "/app/granted");

            // a new password
            changePassword(etcd, "etcd-sink", "changed");
            assertThat(complaints(named))
                    .anyMatch(text -> text.startsWith("etcd.password: etcd does not accept the user etcd-sink"))
                    .noneMatch(text -> text.contains("changed"));
            worker.add(record("/app/password"));
            assertThatThrownBy(() -> deliver(worker)).hasMessageContaining("Correct etcd.user and etcd.password");
            worker.task.stop();
        }
    }

    /** Takes each right of the role away, and each half of the right to read and write. */
    @Test
    void eachRightOfTheRoleIsNeeded() {
        try (Etcd etcd = Etcd.builder().name("rights").start()) {
            addRoles(etcd, "pw");
            etcd.etcdctl("put", "/etcd-pg-connect/epoch", Long.toString(Setup.EPOCH));
            enableAuth(etcd);
            for (String prefix : List.of("/app/", "/etcd-pg-connect/")) {
                for (String less : List.of("", "read", "write")) {
                    assertNeeded(etcd, prefix, less);
                }
            }
            SinkWorker worker = started(settings(etcd, "etcd.user", "etcd-sink", "etcd.password", "pw"));
            writes(worker, etcd, "/app/all-rights");
            worker.task.stop();
        }
    }

    /** @param less the right that the role has in place of readwrite; empty for none */
    private void assertNeeded(Etcd etcd, String prefix, String less) {
        etcd.etcdctl(ROOT, "role", "revoke-permission", "etcd-sink", "--prefix=true", prefix);
        if (!less.isEmpty()) {
            etcd.etcdctl(ROOT, "role", "grant-permission", "etcd-sink", "--prefix=true", less, prefix);
        }
        SinkWorker worker = new SinkWorker(settings(etcd, "etcd.user", "etcd-sink", "etcd.password", "pw"));
        worker.add(change());
        assertThatThrownBy(() -> {
                    worker.start();
                    deliver(worker);
                })
                .as("%s in place of readwrite on %s", less, prefix)
                .hasMessageContaining("The etcd user etcd-sink lacks a permission")
                .hasMessageContaining(
                        "grant its role readwrite on the prefixes of the routes and on /etcd-pg-connect/");
        worker.task.stop();
        etcd.etcdctl(ROOT, "role", "grant-permission", "etcd-sink", "--prefix=true", "readwrite", prefix);
    }

    /** Returns a change of PostgreSQL, which the sink must compare with the key. */
    private static SinkRecord change() {
        PgRecord change = new PgRecord.Change(
                new Chain(1, 0), Setup.ORIGIN, "etcd", "/app/k", "v", new Revision(Setup.EPOCH, 0), 0, "alice");
        SchemaAndValue value = PgRecordCodec.encode(change, null, null);
        return new SinkRecord("pg.etcd", 0, null, change.key(), value.schema(), value.value(), 0);
    }

    /** Delivers again and again, as Connect's worker does, until the task has failed for good. */
    private static void deliver(SinkWorker worker) {
        long end = System.nanoTime() + 60_000_000_000L;
        while (System.nanoTime() < end) {
            try {
                worker.once();
            } catch (RetriableException e) {
                Thread.onSpinWait(); // the next delivery waits for etcd
            }
        }
    }

    /** The user is the common name of the client certificate. */
    @Test
    void aCertificateNamesTheUser() {
        CertificateAuthority ca = CertificateAuthority.create(folder, "ca");
        var client = ca.client("etcd-sink");
        try (Etcd etcd = Etcd.builder()
                .name("common-name")
                .tls(ca.certificate(), ca.server("server", "127.0.0.1"))
                .clientCertificates(ca.client("root"))
                .start()) {
            addRoles(etcd, "");
            enableAuth(etcd);
            Map<String, String> settings = settings(
                    etcd,
                    "etcd.cacert",
                    ca.certificate().toString(),
                    "etcd.cert",
                    client.certificate().toString(),
                    "etcd.key",
                    client.key().toString());
            Waits.await("validation")
                    .untilAsserted(() -> assertThat(complaints(settings)).isEmpty());
            SinkWorker worker = started(settings);
            worker.all();
            writes(worker, etcd, "/app/by-certificate");
            settings.put("etcd.prefix", "/other/");
            assertThat(complaints(settings))
                    .singleElement()
                    .asString()
                    .startsWith("etcd.prefix: ")
                    .contains("lacks the permission readwrite on prefix /other/");
            worker.task.stop();
        }
    }
}
