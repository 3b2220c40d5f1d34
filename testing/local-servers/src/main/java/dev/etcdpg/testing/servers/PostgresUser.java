package dev.etcdpg.testing.servers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/** As whom PostgreSQL runs, which refuses to run as root. */
enum PostgresUser {
    /** As we do. */
    SELF(List.of()),
    /** Root in a user namespace without a mapping: not root by name, owner of our files all the same, same pid. */
    NAMESPACE(List.of("unshare", "--user")),
    /** Root where user namespaces are forbidden, as in most containers: another user, who needs folders of his own. */
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

    /** Where this user can reach programs. */
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
