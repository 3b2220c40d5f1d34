package dev.etcdpg.etcd.source;

import dev.etcdpg.core.config.RetryConfig;
import dev.etcdpg.core.retry.RetryPolicy;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.connect.errors.ConnectException;

/**
 * How a task takes failures of etcd: it waits longer and longer, without end if so configured; but being refused it takes only a few times,
 * which is enough for a token that had expired. Not thread-safe.
 */
public final class Patience {

    /** Refusals in a row after which the task fails. */
    public static final int REFUSALS = 5;

    private final RetryPolicy policy;
    private final Map<String, Integer> refusals = new HashMap<>();

    public Patience(RetryPolicy policy) {
        this.policy = policy;
    }

    /** Of somebody who tries once, and takes any failure. */
    public static Patience ofOneTrial() {
        return new Patience(new RetryPolicy(
                "etcd",
                new RetryConfig(Duration.ofMillis(1), Duration.ofMillis(1), Duration.ofMillis(-1), 100),
                System::nanoTime));
    }

    /** Whether etcd may be asked now; after true one of the others must be called. */
    public boolean mayTry() {
        return policy.isReady();
    }

    /** Whether the pause after the last failure is over. */
    public boolean isReady() {
        return policy.isReady();
    }

    public long nanosUntilNext() {
        return policy.pause().toNanos();
    }

    /** How often etcd failed since it answered last. */
    public int failuresInARow() {
        return policy.failures();
    }

    /** @param what was asked */
    public void succeeded(String what) {
        policy.succeeded();
        refusals.remove(what);
    }

    /**
     * @param what was asked: refusals are counted for each, because one prefix may be allowed and another not
     * @throws ConnectException if it is time to give up; the message says what to do
     */
    public void failed(String what, Throwable cause) {
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
        policy.failed(cause);
    }
}
