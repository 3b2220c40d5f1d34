package dev.etcdpg.testing.servers;

/** A local server could not be fetched, started or asked; the message holds the tail of its log where there is one. */
public final class ServerException extends RuntimeException {

    public ServerException(String message) {
        super(message);
    }

    public ServerException(String message, Throwable cause) {
        super(message, cause);
    }
}
