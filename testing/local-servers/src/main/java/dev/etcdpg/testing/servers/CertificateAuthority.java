package dev.etcdpg.testing.servers;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * A certificate authority for tests and the sandbox. It writes PEM files into a folder: its own certificate, and the certificates and keys that
 * it issues. Its own key stays in memory, so a later process can use the files, but cannot issue certificates.
 */
public final class CertificateAuthority {
    private static final Duration LIFE = Duration.ofDays(365);
    private static final Pattern IP_ADDRESS = Pattern.compile("[0-9.]+|.*:.*");

    private final Path folder;
    private final Path certificate;
    private final X509Bundle issuer;

    private CertificateAuthority(Path folder, Path certificate, X509Bundle issuer) {
        this.folder = folder;
        this.certificate = certificate;
        this.issuer = issuer;
    }

    /**
     * Makes an authority and writes its certificate to {@code <name>.crt}.
     *
     * @param folder is created if it does not exist
     */
    public static CertificateAuthority create(Path folder, String name) {
        try {
            Files.createDirectories(folder);
            X509Bundle issuer = valid(new CertificateBuilder())
                    .ecp256()
                    .subject("CN=" + name)
                    .setIsCertificateAuthority(true)
                    .buildSelfSigned();
            Path certificate = folder.resolve(name + ".crt");
            write(certificate, issuer.getCertificatePEM());
            return new CertificateAuthority(folder, certificate, issuer);
        } catch (Exception e) {
            throw new ServerException("cannot make the certificate authority " + name + ": " + e.getMessage(), e);
        }
    }

    /** Returns the file with the authority's own certificate. */
    public Path certificate() {
        return certificate;
    }

    /**
     * Issues a certificate for a server at these host names and addresses. It is for clients too, because etcd's JSON gateway shows the server's
     * certificate to the server.
     */
    public CertificateFiles server(String name, String... hosts) {
        return issue(name, builder -> {
            builder.addExtendedKeyUsageServerAuth()
                    .addExtendedKeyUsageClientAuth()
                    .subject("CN=" + name);
            for (String host : hosts) {
                if (IP_ADDRESS.matcher(host).matches()) {
                    builder.addSanIpAddress(host);
                } else {
                    builder.addSanDnsName(host);
                }
            }
            return builder;
        });
    }

    /** Issues a certificate for a client. Servers can take the common name as the name of a user. */
    public CertificateFiles client(String commonName) {
        return issue(
                commonName, builder -> builder.addExtendedKeyUsageClientAuth().subject("CN=" + commonName));
    }

    /**
     * Issues a certificate. Files of the same name are replaced, the key first.
     *
     * @param name of the files: {@code <name>.crt} and {@code <name>.key}
     * @param change sets the subject and whatever else the certificate needs; by default it is valid for a year
     */
    public CertificateFiles issue(String name, UnaryOperator<CertificateBuilder> change) {
        try {
            X509Bundle issued =
                    change.apply(valid(new CertificateBuilder()).ecp256()).buildIssuedBy(issuer);
            CertificateFiles files = new CertificateFiles(folder.resolve(name + ".crt"), folder.resolve(name + ".key"));
            write(files.key(), issued.getPrivateKeyPEM());
            write(files.certificate(), issued.getCertificatePathPEM());
            return files;
        } catch (Exception e) {
            throw new ServerException("cannot issue the certificate " + name + ": " + e.getMessage(), e);
        }
    }

    private static CertificateBuilder valid(CertificateBuilder builder) {
        Instant now = Instant.now();
        return builder.notBefore(now.minus(Duration.ofHours(1))).notAfter(now.plus(LIFE));
    }

    /** A reader sees the old file or the new one. */
    private static void write(Path file, String text) {
        try {
            Path unfinished = file.resolveSibling(file.getFileName() + ".new");
            Files.deleteIfExists(unfinished);
            Files.createFile(
                    unfinished, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(unfinished, text);
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
