package dev.etcdpg.testing.stack;

/** A user of etcd with the password. */
record EtcdPassword(String user, String password) {

    /** Does not show the password. */
    @Override
    public String toString() {
        return user;
    }
}
