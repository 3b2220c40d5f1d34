package dev.etcdpg.testing.servers;

import java.nio.file.Path;

/**
 * A certificate and its key, as PEM files.
 *
 * @param key PKCS#8, without a passphrase, readable by its owner only
 */
public record CertificateFiles(Path certificate, Path key) {}
