package dev.etcdpg.tool.connect;

/** The Connect workers or the Kafka brokers cannot be reached, or refuse a request. The message says which. */
public final class ClusterException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public ClusterException(String message) {
        super(message);
    }

    public ClusterException(String message, Throwable cause) {
        super(message, cause);
    }
}
