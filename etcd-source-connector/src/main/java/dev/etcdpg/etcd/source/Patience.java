package dev.etcdpg.etcd.source;

import dev.etcdpg.core.config.RetryConfig;
import dev.etcdpg.core.retry.Retries;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.kafka.connect.errors.ConnectException;

/**
 * How a task takes failures of etcd: it waits longer and longer, without end if so configured; but being refused it takes only a few times,
 * which is enough for a token that had expired. Not thread-safe.
 */
public final class Patience {

    /** Refusals in a row after which the task fails. */
    public static final int REFUSALS = 5;

    private final Retries retries;
    private final Due next;
    private final Map<String, Integer> refusals = new HashMap<>();
    private int failures;

    public Patience(Retries retries) {
        this(retries, System::nanoTime);
    }

    /** @param nanoTime as {@link System#nanoTime()} */
    public Patience(Retries retries, LongSupplier nanoTime) {
        this.retries = retries;
        this.next = new Due(nanoTime);
    }

    /** Of somebody who tries once, and takes any failure. */
    public static Patience ofOneTrial() {
        return new Patience(new Retries(
                "etcd",
                new RetryConfig(Duration.ofMillis(1), Duration.ofMillis(1), Duration.ofMillis(-1), 100),
                Clock.systemUTC()));
    }

    /** Whether etcd may be asked now; after true one of the others must be called. */
    public boolean mayTry() {
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
    public boolean isReady() {
        return next.hasCome();
    }

    public long nanosUntilNext() {
        return next.nanosLeft();
    }

    /** How often etcd failed since it answered last. */
    public int failuresInARow() {
        return failures;
    }

    /** @param what was asked */
    public void succeeded(String what) {
        retries.succeeded();
        failures = 0;
        refusals.remove(what);
    }

    /**
     * @param what was asked: refusals are counted for each, because one prefix may be allowed and another not
     * @throws ConnectException if it is time to give up; the message says what to do
     */
    public void failed(String what, Throwable cause) {
        failures++;
        if (EtcdFailure.kind(cause) == EtcdFailure.Kind.DENIED && refusals.merge(what, 1, Integer::sum) >= REFUSALS) {
            throw new ConnectException(
                    "etcd refuses the connector (" + what + ": " + cause.getMessage()
                            + "). Check etcd.user and etcd.password, "
                            + "and grant its role read on the prefixes of the routes and readwrite on the bookkeeping prefix; "
                            + "then restart the task.",
                    cause);
        }
        postpone(cause);
    }

    /** Waits as after a failure, for something that another has counted. */
    public void postpone(Throwable cause) {
        Duration pause = retries.failed(cause instanceof Exception e ? e : new ConnectException(cause));
        next.in(pause);
    }
}
