package dev.etcdpg.tool.wait;

import io.github.resilience4j.core.IntervalFunction;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import java.time.Duration;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Asks again and again until an answer is good enough. */
public final class Polling {

    private static final Duration PAUSE = Duration.ofMillis(500);

    private Polling() {}

    /**
     * Returns the first answer that is done, or the last answer if none is done in time. Asks at least once. The time that the questions
     * themselves take is not counted.
     */
    public static <T> T until(Duration atMost, Predicate<T> isDone, Supplier<T> question) {
        RetryConfig config = RetryConfig.<T>custom()
                .maxAttempts((int) Math.min(Integer.MAX_VALUE, 1 + atMost.toMillis() / PAUSE.toMillis()))
                .intervalFunction(IntervalFunction.of(PAUSE))
                .retryOnResult(answer -> !isDone.test(answer))
                .retryOnException(e -> false)
                .build();
        return Retry.of("polling", config).executeSupplier(question);
    }
}
