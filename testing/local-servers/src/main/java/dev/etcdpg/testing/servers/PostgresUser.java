package dev.etcdpg.testing.servers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/** The user that PostgreSQL runs as. PostgreSQL refuses to run as root. */
enum PostgresUser {
    /** The user of this JVM. */
    SELF(List.of()),
    /** Root in a user namespace without a mapping: the name is not root, the owner of files and the process id are the same. */
    NAMESPACE(List.of("unshare", "--user")),
    /** Another user, for root without user namespaces, as in most containers. The user needs folders of its own. */
    NOBODY(List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"));

    private static final Path CACHE_FOR_ALL = Path.of("/var/tmp/etcd-pg-connect");

    private final List<String> prefix;

    PostgresUser(List<String> prefix) {
        this.prefix = prefix;
    }

    static PostgresUser find() {
        return Found.USER;
    }

    private static final class Found {
        private static final PostgresUser USER = look();

        private static PostgresUser look() {
            if (!System.getProperty("user.name").equals("root")) {
                return SELF;
            }
            if (works(NAMESPACE)) {
                return NAMESPACE;
            }
            if (works(NOBODY)) {
                return NOBODY;
            }
            throw new ServerException("PostgreSQL does not run as root, and neither unshare --user nor setpriv works"
                    + " here: run this as another user");
        }

        private static boolean works(PostgresUser user) {
            try {
                Command.run(List.of("sh", "-c", String.join(" ", user.prefix) + " true"));
                return true;
            } catch (ServerException forbidden) {
                return false;
            }
        }
    }

    List<String> prefix() {
        return prefix;
    }

    /** Returns a folder for programs that this user can read. */
    Path cache() {
        return this == NOBODY ? CACHE_FOR_ALL : Folders.cache();
    }

    void mayRead(Path folder) throws IOException {
        if (this == NOBODY) {
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }

    void own(Path folder) {
        if (this != NOBODY) {
            return;
        }
        Command.run(List.of("chown", "65534:65534", folder.toString()));
        try {
            Command.run(List.of("sh", "-c", String.join(" ", prefix) + " test -w \"$0\"", folder.toString()));
        } catch (ServerException e) {
            throw new ServerException(
                    "PostgreSQL does not run as root, and the user nobody cannot reach " + folder
                            + ": put the checkout where others may enter, or run this as another user",
                    e);
        }
    }
}
