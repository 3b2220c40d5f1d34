package dev.etcdpg.etcd.client;

import dev.etcdpg.core.retry.RetryPolicy;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.connect.errors.ConnectException;

/**
 * Decides when a source task may ask etcd again after a failure, and when the task must give up. Refusals of one request are tolerated only a
 * few times in a row, which is enough for a permission that is granted late. Not thread-safe.
 */
public final class EtcdRetryPolicy implements RequestGuard {

    /** Number of refusals of one request in a row at which the task fails. */
    public static final int MAX_REFUSALS = 5;

    private final RetryPolicy policy;
    private final Map<String, Integer> refusals = new HashMap<>();

    public EtcdRetryPolicy(RetryPolicy policy) {
        this.policy = policy;
    }

    @Override
    public void begin(String request) {
        if (!isReady()) {
            throw EtcdFailure.notNow(request);
        }
    }

    /** Returns whether the pause after the last failure is over. */
    public boolean isReady() {
        return policy.isReady();
    }

    /** Returns the nanoseconds until the pause is over; zero if it is. */
    public long nanosUntilReady() {
        return policy.pause().toNanos();
    }

    @Override
    public void succeeded(String request) {
        policy.succeeded();
        refusals.remove(request);
    }

    /**
     * Counts a failure and begins a pause.
     *
     * @param request refusals are counted for each request, because a user may have permission for one prefix and none for another
     * @throws ConnectException if the task must give up; the message says what to do
     */
    @Override
    public void failed(String request, EtcdFailure failure) {
        boolean refused =
                switch (failure.kind()) {
                    case DENIED, UNAUTHENTICATED, REJECTED -> true;
                    default -> false;
                };
        if (refused && refusals.merge(request, 1, Integer::sum) >= MAX_REFUSALS) {
            throw new ConnectException(
                    failure.kind() == EtcdFailure.Kind.REJECTED
                            ? "etcd rejects a request that the connector cannot work without: " + failure.getMessage()
                            : "etcd refuses the connector (" + failure.getMessage()
                                    + "). Check etcd.user and etcd.password, and grant its role read on the prefixes of "
                                    + "the routes and readwrite on the bookkeeping prefix; then restart the task.",
                    failure);
        }
        postpone(failure);
    }

    /** @see #failed(String, EtcdFailure) */
    public void failed(String request, Throwable cause) {
        failed(request, EtcdFailure.of(request, cause));
    }

    /** Begins a pause as after a failure, for a failure that another policy has counted. */
    public void postpone(EtcdFailure failure) {
        policy.failed(failure);
    }
}
