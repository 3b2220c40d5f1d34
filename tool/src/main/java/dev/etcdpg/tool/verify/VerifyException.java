package dev.etcdpg.tool.verify;

/** A route cannot be compared now. The message says why. */
public final class VerifyException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public VerifyException(String message) {
        super(message);
    }

    public VerifyException(String message, Throwable cause) {
        super(message, cause);
    }
}
