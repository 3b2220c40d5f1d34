package dev.etcdpg.testing.stack;

import dev.etcdpg.testing.servers.CertificateAuthority;
import dev.etcdpg.testing.servers.CertificateFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The certificates, keys and passwords of a secured stack, in files that only their owner can read. The subfolder {@code connect} has what the
 * workers need: an operator would copy this subfolder to each worker.
 */
final class SecurityFolder {
    private static final String NAME = "security";
    private static final String CONNECT = "connect";
    private static final String GATEWAY = "gateway";
    private static final String PASSWORDS = "passwords.properties";
    private static final String CONNECT_SECRETS = CONNECT + "/secrets.properties";
    private static final int PASSWORD_BYTES = 16;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Path folder;
    private final Properties passwords;

    private SecurityFolder(Path folder) {
        this.folder = folder;
        this.passwords = new Properties();
        for (String file : List.of(PASSWORDS, CONNECT_SECRETS)) {
            try (var in = Files.newInputStream(folder.resolve(file))) {
                passwords.load(in);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Whether the stack in a folder is secured. */
    static boolean isIn(Path stack) {
        return Files.isDirectory(stack.resolve(NAME));
    }

    /** @throws SandboxException if the stack in the folder is not secured */
    static SecurityFolder openOrCreate(Path stack) {
        Path folder = stack.resolve(NAME);
        if (!Files.isDirectory(folder)) {
            if (Files.isDirectory(stack.resolve("etcd"))) {
                throw new SandboxException("the stack in " + stack
                        + " was started without security, and keeps that. Remove it first with ./sandbox down");
            }
            create(folder);
        }
        return new SecurityFolder(folder);
    }

    /** The folder appears complete or not at all. */
    private static void create(Path folder) {
        try {
            Files.createDirectories(folder.getParent());
            Path unfinished = Files.createTempDirectory(folder.getParent(), NAME + "-unfinished-");
            Files.createDirectory(unfinished.resolve(CONNECT), onlyOwner("rwx------"));
            issueCertificates(CertificateAuthority.create(unfinished, "ca"));
            Files.copy(unfinished.resolve("ca.crt"), unfinished.resolve(CONNECT).resolve("ca.crt"));
            writePasswords(
                    unfinished.resolve(PASSWORDS), Stream.of(SqlRole.values()).map(SqlRole::user), "root");
            writePasswords(unfinished.resolve(CONNECT_SECRETS), Examples.NAMES.stream());
            Files.move(unfinished, folder, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void issueCertificates(CertificateAuthority ca) {
        ca.server("etcd", "localhost", "127.0.0.1");
        ca.server("postgres", "localhost", "127.0.0.1");
        ca.client("root");
        // With authentication on, the gateway refuses a client whose certificate has a common name.
        ca.issue(GATEWAY, builder -> builder.addExtendedKeyUsageClientAuth().subject("O=sandbox"));
        for (String connector : List.of("etcd-source", "etcd-sink")) {
            ca.issue(CONNECT + "/" + connector, builder -> builder.addExtendedKeyUsageClientAuth()
                    .subject("CN=" + connector));
        }
    }

    private static void writePasswords(Path file, Stream<String> users, String... more) throws IOException {
        Files.createFile(file, onlyOwner("rw-------"));
        Files.writeString(
                file,
                Stream.concat(users, Stream.of(more))
                        .map(user -> user + "=" + newPassword() + "\n")
                        .collect(Collectors.joining()));
    }

    /** Returns a random password of letters and digits. */
    static String newPassword() {
        byte[] bytes = new byte[PASSWORD_BYTES];
        RANDOM.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private static FileAttribute<?> onlyOwner(String permissions) {
        return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions));
    }

    /** Returns the password of a connector, of a role of PostgreSQL, or of root in etcd. */
    String password(String user) {
        return passwords.getProperty(user);
    }

    /** The certificate of the authority that has issued all certificates. */
    Path ca() {
        return folder.resolve("ca.crt");
    }

    CertificateFiles etcd() {
        return files("etcd");
    }

    CertificateFiles postgres() {
        return files("postgres");
    }

    /** The client certificate of the administrator of etcd. */
    CertificateFiles root() {
        return files("root");
    }

    /** The client certificate for etcd's JSON gateway, which names no user. */
    CertificateFiles gateway() {
        return files(GATEWAY);
    }

    private CertificateFiles files(String name) {
        return new CertificateFiles(folder.resolve(name + ".crt"), folder.resolve(name + ".key"));
    }

    /** The files of the workers. */
    Path connect() {
        return folder.resolve(CONNECT);
    }

    /** Where psql finds the passwords of the roles. */
    Path pgpass() {
        return folder.resolve("pgpass");
    }

    /** Writes the passwords of the roles for psql. */
    void writePgpass(int port) {
        try {
            if (!Files.exists(pgpass())) {
                Files.createFile(pgpass(), onlyOwner("rw-------"));
            }
            Files.writeString(
                    pgpass(),
                    Stream.of(SqlRole.values())
                            .map(role -> "*:" + port + ":*:" + role.user() + ":" + password(role.user()) + "\n")
                            .collect(Collectors.joining()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
