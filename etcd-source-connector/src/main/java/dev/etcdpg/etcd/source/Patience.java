package dev.etcdpg.etcd.source;

import dev.etcdpg.common.retry.Retries;
import java.time.Duration;
import org.apache.kafka.connect.errors.ConnectException;

/**
 * How a task takes failures of etcd: it waits longer and longer, without end if so configured; but being refused it takes only a few times,
 * which is enough for a token that had expired. Not thread-safe.
 */
final class Patience {

    /** Refusals in a row after which the task fails. */
    static final int REFUSALS = 5;

    private final Retries retries;
    private final Due next = new Due();
    private int refusals;

    Patience(Retries retries) {
        this.retries = retries;
    }

    /** Whether etcd may be asked now; after true one of the others must be called. */
    boolean mayTry() {
        if (!next.hasCome()) {
            return false;
        }
        if (!retries.mayTry()) {
            next.in(retries.pause());
            return false;
        }
        return true;
    }

    /** Whether the pause after the last failure is over. */
    boolean isReady() {
        return next.hasCome();
    }

    long nanosUntilNext() {
        return next.nanosLeft();
    }

    void succeeded() {
        retries.succeeded();
        refusals = 0;
    }

    /** @throws ConnectException if it is time to give up; the message says what to do */
    void failed(Throwable cause) {
        if (EtcdFailure.kind(cause) == EtcdFailure.Kind.DENIED) {
            refusals++;
            if (refusals >= REFUSALS) {
                throw new ConnectException(
                        "etcd refuses the connector (" + cause.getMessage()
                                + "). Check etcd.user and etcd.password, and grant "
                                + "its role read on the prefixes of the routes and readwrite on the bookkeeping prefix; then restart "
                                + "the task.",
                        cause);
            }
        }
        Duration pause = retries.failed(cause instanceof Exception e ? e : new ConnectException(cause));
        next.in(pause);
    }
}
