package dev.etcdpg.testing.stack;

/** A failure that the user sees as one sentence, without a stack trace. */
public final class SandboxException extends RuntimeException {

    public SandboxException(String message) {
        super(message);
    }

    public SandboxException(String message, Throwable cause) {
        super(message, cause);
    }
}
