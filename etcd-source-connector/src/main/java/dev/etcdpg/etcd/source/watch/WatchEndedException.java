package dev.etcdpg.etcd.source.watch;

/** A watch ended without an error: the server is stopping, or the connection was closed in good order. */
public final class WatchEndedException extends Exception {

    private static final long serialVersionUID = 1L;

    public WatchEndedException(String message) {
        super(message);
    }
}
