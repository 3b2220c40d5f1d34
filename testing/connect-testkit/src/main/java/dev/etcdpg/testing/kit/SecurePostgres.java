package dev.etcdpg.testing.kit;

import dev.etcdpg.testing.servers.CertificateAuthority;
import dev.etcdpg.testing.servers.CertificateFiles;
import dev.etcdpg.testing.servers.Postgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * A PostgreSQL server with TLS. Its role {@value #ROLE} needs a certificate of the role's name and a password (SCRAM). The server's
 * certificate is for the host {@code localhost}, and not for its address.
 */
public final class SecurePostgres implements AutoCloseable {

    public static final String ROLE = "mutual";
    public static final String PASSWORD = "the mutual password";

    private static final String RULE = "hostssl all " + ROLE + " 127.0.0.1/32 scram-sha-256 clientcert=verify-full";
    private static final String NO_OTHER_RULE = "host all " + ROLE + " 127.0.0.1/32 reject";

    private final CertificateAuthority authority;
    private final CertificateAuthority otherAuthority;
    private final CertificateFiles serverFiles;
    private final CertificateFiles client;
    private final Postgres server;

    private SecurePostgres(Path folder) {
        authority = CertificateAuthority.create(folder, "authority");
        otherAuthority = CertificateAuthority.create(folder.resolve("other"), "other-authority");
        serverFiles = authority.server("server", "localhost");
        client = authority.client(ROLE);
        server = Postgres.builder()
                .name("postgres-secure")
                .tls(serverFiles, authority.certificate(), RULE, NO_OTHER_RULE)
                .start();
        server.execute("postgres", "create role " + ROLE + " login superuser password '" + PASSWORD + "'");
    }

    public static SecurePostgres started() {
        try {
            return new SecurePostgres(Files.createTempDirectory("certificates"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Postgres server() {
        return server;
    }

    /** The authority that the server and its clients trust. */
    public CertificateAuthority authority() {
        return authority;
    }

    /** An authority that nobody trusts. */
    public CertificateAuthority otherAuthority() {
        return otherAuthority;
    }

    /** The certificate with which the server has started. */
    public CertificateFiles serverFiles() {
        return serverFiles;
    }

    /** The certificate of the role. */
    public CertificateFiles client() {
        return client;
    }

    /** Returns a JDBC URL with the host {@code localhost}, TLS, and the check of the server's name. */
    public String url(String database, Path trusted, CertificateFiles presented) {
        return "jdbc:postgresql://localhost:" + server.port() + "/" + database + "?sslmode=verify-full&sslrootcert="
                + trusted + "&sslcert=" + presented.certificate() + "&sslkey=" + presented.key()
                + "&pemKeyAlgorithm=EC";
    }

    /** The {@code connection.*} settings with which a connector connects. The map is the caller's. */
    public Map<String, String> settings(String database) {
        Map<String, String> settings = new HashMap<>();
        settings.put("connection.url", url(database, authority.certificate(), client));
        settings.put("connection.user", ROLE);
        settings.put("connection.password", PASSWORD);
        return settings;
    }

    @Override
    public void close() {
        server.close();
    }
}
