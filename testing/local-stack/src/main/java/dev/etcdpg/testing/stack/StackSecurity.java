package dev.etcdpg.testing.stack;

import dev.etcdpg.testing.servers.Etcd;
import dev.etcdpg.testing.servers.Postgres;
import java.nio.file.Path;
import java.util.Map;

/**
 * How the servers of a stack protect their links, and as which users the connectors and other clients log in. A stack keeps its security:
 * {@link #of} finds it again.
 */
public interface StackSecurity {

    /** Plain text and one superuser: the least to type. */
    static StackSecurity none() {
        return new NoSecurity();
    }

    /**
     * Mutual TLS and users with least rights to etcd, TLS and roles with least rights to PostgreSQL. Makes certificates and passwords in the
     * folder of the stack, if it has none.
     *
     * @throws SandboxException if the folder has a stack without security
     */
    static StackSecurity secured(Path folder) {
        return new FullSecurity(SecurityFolder.openOrCreate(folder));
    }

    /** Returns the security of the stack in a folder; {@link #none()} for a new folder. */
    static StackSecurity of(Path folder) {
        return SecurityFolder.isIn(folder) ? secured(folder) : none();
    }

    void protect(Etcd.Builder etcd);

    void protect(Postgres.Builder postgres);

    /** Returns additional settings of each worker. */
    Map<String, String> workerSettings();

    /** Returns the folder with the configurations of the four connectors. */
    Path examples();

    /** Creates the users that connectors and clients need. The servers and the database exist. The users can exist already. */
    void createUsers(Etcd etcd, Postgres postgres);

    /** Returns names and values for clients of both stores and for the placeholders of the examples. None is a secret, except where there is none to keep. */
    Map<String, String> environment(Etcd etcd, Postgres postgres);

    /** Returns a client that may read and write all keys. */
    EtcdHttpClient etcdClient(Etcd etcd);

    /** Returns what a role needs to log in to the database of the stack. */
    SqlLogin login(Postgres postgres, SqlRole role);

    /**
     * Creates a role of an application, if it does not exist, and gives it a new password.
     *
     * @param name letters
     */
    SqlLogin newApplication(Postgres postgres, String name);
}
