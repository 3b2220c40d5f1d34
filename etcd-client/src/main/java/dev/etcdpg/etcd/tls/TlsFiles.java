package dev.etcdpg.etcd.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.PrivateKey;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The files that the settings of TLS name. */
final class TlsFiles {

    /**
     * Content of the files.
     *
     * @param trusted certificates of CAs; empty: the JVM's trust store decides
     * @param identity empty: the client has no certificate
     */
    record Content(Optional<X509Certificate[]> trusted, Optional<Identity> identity) {}

    /** @param chain the certificate of the client, followed by those between it and the CA */
    record Identity(X509Certificate[] chain, PrivateKey key) {}

    private final TlsSettings settings;

    TlsFiles(TlsSettings settings) {
        this.settings = settings;
    }

    /** Returns a text that changes if a file is written or replaced. */
    String version() {
        return Stream.of(settings.cacert(), settings.cert(), settings.key())
                .flatMap(Optional::stream)
                .map(TlsFiles::version)
                .toList()
                .toString();
    }

    private static List<Object> version(Path file) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return List.of(attributes.lastModifiedTime(), attributes.size(), String.valueOf(attributes.fileKey()));
        } catch (IOException e) {
            return List.of();
        }
    }

    /**
     * Reads the files.
     *
     * @throws TlsConfigException if a file cannot be used, or if certificate and key are no pair
     */
    Content read() {
        return new Content(
                settings.cacert().map(file -> new PemFile(TlsSettings.CACERT, file).certificates()), identity());
    }

    private Optional<Identity> identity() {
        if (settings.cert().isEmpty() && settings.key().isEmpty()) {
            return Optional.empty();
        }
        Path certFile = settings.cert()
                .orElseThrow(() -> new TlsConfigException(
                        TlsSettings.CERT,
                        TlsSettings.KEY + " is set without its certificate. Set " + TlsSettings.CERT + " too."));
        PemFile keyFile = new PemFile(
                TlsSettings.KEY,
                settings.key()
                        .orElseThrow(() -> new TlsConfigException(
                                TlsSettings.KEY,
                                TlsSettings.CERT + " is set without its key. Set " + TlsSettings.KEY + " too.")));
        X509Certificate[] chain = new PemFile(TlsSettings.CERT, certFile).certificates();
        PrivateKey key = keyFile.privateKey(chain[0].getPublicKey().getAlgorithm());
        if (!PrivateKeys.isPair(chain[0].getPublicKey(), key)) {
            throw keyFile.fault("has a private key that does not belong to the certificate in " + certFile + " ("
                    + TlsSettings.CERT + ")");
        }
        return Optional.of(new Identity(chain, key));
    }

    /** Returns what is wrong with the dates of a certificate, as the end of a sentence; empty if it is valid now. */
    static Optional<String> invalidity(X509Certificate certificate) {
        try {
            certificate.checkValidity();
            return Optional.empty();
        } catch (CertificateExpiredException e) {
            return Optional.of("has expired at " + certificate.getNotAfter().toInstant());
        } catch (CertificateNotYetValidException e) {
            return Optional.of(
                    "is not valid before " + certificate.getNotBefore().toInstant());
        }
    }
}
