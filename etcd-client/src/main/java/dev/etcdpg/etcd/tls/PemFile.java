package dev.etcdpg.etcd.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;

/** Reads the PEM file that a setting names. All methods throw {@link TlsConfigException} if the file does not have what they look for. */
final class PemFile {

    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \\1-----", Pattern.DOTALL);

    /** @param content what stands between the lines BEGIN and END */
    private record Block(String type, String content) {}

    private final String setting;
    private final Path file;

    /** @param setting setting that names the file, for messages */
    PemFile(String setting, Path file) {
        this.setting = setting;
        this.file = file;
    }

    /** Returns the certificates in their order in the file, at least one. */
    X509Certificate[] certificates() {
        List<Block> blocks = blocks("CERTIFICATE");
        X509Certificate[] found = new X509Certificate[blocks.size()];
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            for (int i = 0; i < found.length; i++) {
                found[i] =
                        (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(decode(blocks.get(i))));
            }
        } catch (CertificateException e) {
            throw fault("has a certificate that cannot be read (" + e.getMessage() + ")");
        }
        if (found.length == 0) {
            throw fault("has no certificate. A PEM file of certificates has a line -----BEGIN CERTIFICATE-----");
        }
        return found;
    }

    /**
     * Returns the private key.
     *
     * @param algorithm of the certificate's public key, for example EC
     */
    PrivateKey privateKey(String algorithm) {
        Block block = blocks("(ENCRYPTED |RSA |EC )?PRIVATE KEY").stream()
                .findFirst()
                .orElseThrow(() ->
                        fault("has no private key. A PEM file of a key has a line -----BEGIN PRIVATE KEY-----, or "
                                + "with RSA or EC before PRIVATE"));
        if (block.type.startsWith("ENCRYPTED") || block.content.contains("ENCRYPTED")) {
            throw fault(
                    "has a private key with a passphrase. Remove the passphrase with openssl pkey -in FILE -out NEW, and protect "
                            + "the file by its mode");
        }
        try {
            return PrivateKeys.parse(block.type, decode(block), algorithm);
        } catch (GeneralSecurityException e) {
            throw fault("has a private key that does not belong to a certificate with the algorithm " + algorithm
                    + ", which " + TlsSettings.CERT + " has, or that cannot be read (" + e.getMessage() + ")");
        }
    }

    private List<Block> blocks(String type) {
        return BLOCK.matcher(text())
                .results()
                .map(found -> new Block(found.group(1), found.group(2)))
                .filter(block -> block.type.matches(type))
                .toList();
    }

    private String text() {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException e) {
            throw fault("does not exist on this worker. Every worker needs it");
        } catch (AccessDeniedException e) {
            throw fault("may not be read by the worker's user " + System.getProperty("user.name")
                    + ". Give this user the right to read it");
        } catch (IOException e) {
            throw fault("cannot be read (" + e.getMessage() + "). It must be a file in PEM form");
        }
    }

    private byte[] decode(Block block) {
        try {
            return Base64.getMimeDecoder().decode(block.content);
        } catch (IllegalArgumentException e) {
            throw fault("is damaged: a block of it is not base64");
        }
    }

    /** @param what continues "The file …", without the full stop at the end */
    TlsConfigException fault(String what) {
        return new TlsConfigException(setting, "The file " + file + " " + what + ".");
    }
}
