package dev.etcdpg.etcd.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.etcdpg.testing.kit.Waits;
import dev.etcdpg.testing.servers.CertificateAuthority;
import dev.etcdpg.testing.servers.CertificateFiles;
import dev.etcdpg.testing.servers.Etcd;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS between the sink and etcd. The client is the one of the source too. */
class EtcdTlsIT {

    @TempDir
    static Path folder;

    private static CertificateAuthority ca;
    private static CertificateAuthority otherCa;
    private static CertificateFiles client;
    private static CertificateFiles server;
    private static Etcd etcd;

    private final AtomicLong offsets = new AtomicLong();

    @BeforeAll
    static void start() {
        ca = CertificateAuthority.create(folder, "ca");
        otherCa = CertificateAuthority.create(folder.resolve("other"), "other-ca");
        client = ca.client("app");
        server = ca.server("server", "localhost", "127.0.0.1");
        etcd = mutual("mutual", server);
    }

    @AfterAll
    static void stop() {
        etcd.close();
    }

    private static Etcd mutual(String name, CertificateFiles certificate) {
        return Etcd.builder()
                .name(name)
                .tls(ca.certificate(), certificate)
                .clientCertificates(ca.client("admin"))
                .start();
    }

    private static Map<String, String> good() {
        return at(etcd.endpoint(), ca.certificate(), client);
    }

    private static Map<String, String> at(String endpoints, Path cacert, CertificateFiles shown) {
        Map<String, String> settings = new HashMap<>(Map.of(
                "etcd.endpoints",
                endpoints,
                "etcd.prefix",
                "/app/",
                "etcd.cacert",
                cacert.toString(),
                "loss.policy",
                "ignore"));
        if (shown != null) {
            settings.put("etcd.cert", shown.certificate().toString());
            settings.put("etcd.key", shown.key().toString());
        }
        return settings;
    }

    private static Map<String, String> with(Map<String, String> settings, String... more) {
        Map<String, String> all = new HashMap<>(settings);
        for (int i = 0; i < more.length; i += 2) {
            all.put(more[i], more[i + 1]);
        }
        return all;
    }

    private static Map<String, String> without(Map<String, String> settings, String... names) {
        Map<String, String> fewer = new HashMap<>(settings);
        List.of(names).forEach(fewer::remove);
        return fewer;
    }

    private static Map<String, List<String>> complaints(Map<String, String> settings) {
        return new EtcdSinkConnector()
                .validate(settings).configValues().stream()
                        .filter(value -> !value.errorMessages().isEmpty())
                        .collect(Collectors.toMap(value -> value.name(), value -> value.errorMessages()));
    }

    /** Requires that the validation finds one mistake, at this setting. */
    private static String complaint(Map<String, String> settings, String setting) {
        Map<String, List<String>> complaints = complaints(settings);
        assertThat(complaints).containsOnlyKeys(setting);
        assertThat(complaints.get(setting)).hasSize(1);
        return complaints.get(setting).get(0);
    }

    /** Requires that the validation finds no mistake. On a busy machine, etcd can miss the deadline of a validation. */
    private static void assertAccepted(Map<String, String> settings) {
        Waits.await("validation")
                .untilAsserted(() -> assertThat(complaints(settings)).isEmpty());
    }

    private SinkWorker worker(Map<String, String> settings) {
        SinkWorker worker = new SinkWorker(with(settings, "etcd.request.timeout.ms", "1000"));
        worker.add(next("/app/first"));
        worker.start();
        return worker;
    }

    private SinkRecord next(String key) {
        return new SinkRecord("plain", 0, null, key, null, "v", offsets.getAndIncrement());
    }

    private static String value(Etcd of, String key) {
        return of.etcdctl("get", "--print-value-only", key).trim();
    }

    @Test
    void aClientWithACertificateWrites() {
        assertAccepted(good());
        SinkWorker worker = worker(good());
        worker.all();
        assertThat(value(etcd, "/app/first")).isEqualTo("v");
        worker.task.stop();
    }

    @Test
    void aServerNameReplacesTheNameInTheEndpoints() {
        try (Etcd named = mutual("named", ca.server("named", "etcd.internal"))) {
            Map<String, String> settings = at(named.endpoint(), ca.certificate(), client);
            assertThat(complaint(settings, "etcd.endpoints"))
                    .contains("not valid for the name 127.0.0.1", "Set etcd.tls.server.name");
            assertThat(complaint(with(settings, "etcd.tls.server.name", "etcd.example"), "etcd.tls.server.name"))
                    .contains("not valid for the name etcd.example");
            assertAccepted(with(settings, "etcd.tls.server.name", "etcd.internal"));

            SinkWorker refused = worker(settings);
            assertThatThrownBy(refused::once)
                    .isInstanceOf(RetriableException.class)
                    .hasMessageContaining("not valid for the name 127.0.0.1");
            refused.task.stop();
        }
    }

    @Test
    void aCaThatHasNotSignedIsNamed() {
        assertThat(complaint(at(etcd.endpoint(), otherCa.certificate(), client), "etcd.cacert"))
                .contains(
                        etcd.endpoint(),
                        "no CA has signed",
                        otherCa.certificate().toString());
        assertThat(complaint(without(good(), "etcd.cacert"), "etcd.cacert"))
                .contains("the trust store of the JVM", "etcd.cacert is not set");
        assertThat(complaint(at(etcd.endpoint(), ca.certificate(), otherCa.client("stranger")), "etcd.cert"))
                .contains("refuses the client certificate", "stranger.crt", "--trusted-ca-file");
    }

    @Test
    void theTrustStoreOfTheJvmDecidesWithoutACa() throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        try (var in = Files.newInputStream(ca.certificate())) {
            store.setCertificateEntry(
                    "ca", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        Path file = folder.resolve("trusted.p12");
        try (var out = Files.newOutputStream(file)) {
            store.store(out, "changeit".toCharArray());
        }
        System.setProperty("javax.net.ssl.trustStore", file.toString());
        System.setProperty("javax.net.ssl.trustStorePassword", "changeit");
        try {
            assertAccepted(without(good(), "etcd.cacert"));
        } finally {
            System.clearProperty("javax.net.ssl.trustStore");
            System.clearProperty("javax.net.ssl.trustStorePassword");
        }
    }

    @Test
    void datesAreNamed() {
        CertificateFiles expired = ca.issue("expired", its -> its.subject("CN=expired")
                .addExtendedKeyUsageClientAuth()
                .addExtendedKeyUsageServerAuth()
                .addSanIpAddress("127.0.0.1")
                .notAfter(Instant.now().minusSeconds(60)));
        CertificateFiles early = ca.issue("early", its -> its.subject("CN=early")
                .addExtendedKeyUsageClientAuth()
                .notBefore(Instant.now().plus(Duration.ofDays(1))));
        assertThat(complaint(at(etcd.endpoint(), ca.certificate(), expired), "etcd.cert"))
                .contains("expired.crt has expired at ", "Replace it");
        assertThat(complaint(at(etcd.endpoint(), ca.certificate(), early), "etcd.cert"))
                .contains("early.crt is not valid before ");
        SinkWorker worker = worker(at(etcd.endpoint(), ca.certificate(), expired));
        assertThatThrownBy(worker::once)
                .isInstanceOf(RetriableException.class)
                .hasMessageContaining("refuses the client certificate")
                .hasMessageContaining("has expired at");
        worker.task.stop();
        try (Etcd old = mutual("old", expired)) {
            assertThat(complaint(at(old.endpoint(), ca.certificate(), client), "etcd.endpoints"))
                    .contains("has a certificate that has expired (NotAfter: ");
        }
    }

    @Test
    void aMissingClientCertificateIsNamed() {
        assertThat(complaint(at(etcd.endpoint(), ca.certificate(), null), "etcd.cert"))
                .contains("demands a client certificate", "Set etcd.cert and etcd.key");
        assertThat(complaint(without(good(), "etcd.key"), "etcd.key")).contains("Set etcd.key too");
        assertThat(complaint(without(good(), "etcd.cert"), "etcd.cert")).contains("Set etcd.cert too");
    }

    @Test
    void aFileThatCannotBeUsedIsNamed() throws IOException {
        assertThat(complaint(with(good(), "etcd.cacert", "/nowhere/ca.pem"), "etcd.cacert"))
                .contains("/nowhere/ca.pem does not exist on this worker");
        assertThat(complaint(with(good(), "etcd.cert", folder.toString()), "etcd.cert"))
                .contains(folder + " cannot be read", "PEM");
        assertThat(complaint(with(good(), "etcd.cacert", client.key().toString()), "etcd.cacert"))
                .contains("has no certificate");
        assertThat(complaint(with(good(), "etcd.key", client.certificate().toString()), "etcd.key"))
                .contains("has no private key");
        assertThat(complaint(with(good(), "etcd.key", ca.client("else").key().toString()), "etcd.key"))
                .contains("else.key has a private key that does not belong to the certificate in "
                        + client.certificate());
        Path damaged = Files.writeString(
                folder.resolve("damaged.pem"), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        assertThat(complaint(with(good(), "etcd.cacert", damaged.toString()), "etcd.cacert"))
                .contains("damaged.pem has a certificate that cannot be read");
        assertThatThrownBy(() -> worker(with(good(), "etcd.cacert", "/nowhere/ca.pem")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("etcd.cacert")
                .hasMessageContaining("does not exist on this worker");
    }

    @Test
    void plainTextAndTlsAreNotMixed() throws IOException {
        String plain = Etcd.shared().endpoint();
        assertThat(complaint(at(plain, ca.certificate(), null), "etcd.cacert"))
                .contains("etcd.cacert is set, but etcd.endpoints begins with http://");
        assertThat(complaint(
                        Map.of("etcd.endpoints", plain, "etcd.prefix", "/app/", "etcd.tls.server.name", "etcd"),
                        "etcd.tls.server.name"))
                .contains("nothing would be encrypted");
        assertThat(complaint(with(good(), "etcd.endpoints", plain + "," + etcd.endpoint()), "etcd.endpoints"))
                .contains("Either all endpoints begin with https://, or none");
        String encrypted = plain.replace("http:", "https:");
        assertThat(complaint(at(encrypted, ca.certificate(), client), "etcd.endpoints"))
                .contains(encrypted + " does not speak TLS", "its URL begins with http://");
        try (ServerSocket silent = new ServerSocket(0)) {
            assertThat(complaint(
                            with(
                                    at("https://127.0.0.1:" + silent.getLocalPort(), ca.certificate(), client),
                                    "etcd.request.timeout.ms",
                                    "500"),
                            "etcd.endpoints"))
                    .contains("does not answer");
        }
    }

    @Test
    void oneGoodEndpointIsEnough() {
        assertAccepted(with(good(), "etcd.endpoints", "https://127.0.0.1:1," + etcd.endpoint()));
    }

    @Test
    void tls12IsEnough() {
        try (Etcd older = Etcd.builder()
                .name("tls12")
                .tls(ca.certificate(), server)
                .clientCertificates(ca.client("admin"))
                .flag("--tls-max-version=TLS1.2")
                .start()) {
            assertThat(complaints(at(older.endpoint(), ca.certificate(), client)))
                    .isEmpty();
            assertThat(complaint(at(older.endpoint(), ca.certificate(), null), "etcd.cert"))
                    .contains("demands a client certificate");
        }
    }

    /** The certificate of the client is about to expire, and both the CA and the certificates are replaced while the task runs. */
    @Test
    void replacedCertificatesAreUsedWithoutARestart() throws IOException {
        Path trusted = Files.copy(ca.certificate(), folder.resolve("trusted.crt"), StandardCopyOption.REPLACE_EXISTING);
        CertificateAuthority newCa = CertificateAuthority.create(folder.resolve("new"), "new-ca");
        CertificateFiles rolled = ca.client("rolled");
        CertificateFiles shown = ca.server("rolling", "127.0.0.1");
        Path accepted = Files.copy(ca.certificate(), folder.resolve("accepted.crt"));
        try (Etcd rolling = Etcd.builder()
                .name("rolling")
                .tls(accepted, shown)
                .clientCertificates(rolled)
                .start()) {
            SinkWorker worker = worker(at(rolling.endpoint(), trusted, rolled));
            worker.all();

            // every file belongs to the new CA now, the server's first
            rolling.kill();
            move(newCa.server("rolling", "127.0.0.1"), shown);
            Files.copy(newCa.certificate(), accepted, StandardCopyOption.REPLACE_EXISTING);
            rolling.start();
            worker.add(next("/app/second"));
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 20; i++) {
                            worker.once();
                        }
                    })
                    .isInstanceOf(RetriableException.class);
            Files.copy(newCa.certificate(), trusted, StandardCopyOption.REPLACE_EXISTING);
            move(newCa.client("rolled"), rolled);
            worker.all();
            assertThat(value(rolling, "/app/second")).isEqualTo("v");
            worker.task.stop();
        }
    }

    private static void move(CertificateFiles from, CertificateFiles to) throws IOException {
        Files.move(from.certificate(), to.certificate(), StandardCopyOption.REPLACE_EXISTING);
        Files.move(from.key(), to.key(), StandardCopyOption.REPLACE_EXISTING);
    }
}
