package dev.etcdpg.testing.servers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificateAuthorityTest {

    @TempDir
    Path folder;

    private static X509Certificate read(Path file) throws Exception {
        try (InputStream in = Files.newInputStream(file)) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }

    @Test
    void anIssuedCertificateIsSignedByItsAuthority() throws Exception {
        CertificateAuthority authority = CertificateAuthority.create(folder.resolve("new"), "ca");
        CertificateFiles server = authority.server("etcd", "localhost", "127.0.0.1");
        X509Certificate certificate = read(server.certificate());
        certificate.verify(read(authority.certificate()).getPublicKey());
        certificate.checkValidity();
        assertThat(certificate.getSubjectAlternativeNames().toString()).contains("localhost", "127.0.0.1");
        assertThat(read(authority.client("app").certificate())
                        .getSubjectX500Principal()
                        .getName())
                .isEqualTo("CN=app");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(server.key())))
                .isEqualTo("rw-------");
        assertThat(server.key()).content().startsWith("-----BEGIN PRIVATE KEY-----");
    }
}
