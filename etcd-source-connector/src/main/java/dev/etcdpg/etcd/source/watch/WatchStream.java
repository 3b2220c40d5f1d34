package dev.etcdpg.etcd.source.watch;

import dev.etcdpg.etcd.client.EtcdFailure;
import dev.etcdpg.etcd.client.EtcdRetryPolicy;
import dev.etcdpg.etcd.kv.KeyChange;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.connect.errors.ConnectException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One of the watches of a {@link WatchSession}. It feeds an input of the merge. After a failure the stream is broken until its owner reopens
 * the watch after the last revision that was received. Not thread-safe.
 */
final class WatchStream implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(WatchStream.class);

    /** Largest number of failures at one revision after which a successful creation of the watch still counts as a success. */
    private static final int FORGIVEN_FAILURES = 3;

    /** Number of silent watches in a row after which the server is one that does not answer progress requests. */
    private static final int WATCHES_ASKED_IN_VAIN = 3;

    private final String name;
    private final EtcdWatch watch;
    private final RevisionMerge.Input<KeyChange> input;
    private final EtcdRetryPolicy retries;
    private boolean broken;
    /** The revision of etcd at the last look; 0 before the first look since the watch was opened. */
    private long target;

    /**
     * Number of watches in a row that were silent although their progress was asked for. An event ends the row: a member that stands still
     * makes a watch silent too, and the watch continues at another member.
     */
    private int askedInVain;

    private long failedAt = -1;
    private int failuresThere;

    /**
     * @param name for messages
     * @param retries counts failures and successes of the watch under its name
     */
    WatchStream(String name, EtcdWatch watch, RevisionMerge.Input<KeyChange> input, EtcdRetryPolicy retries) {
        this.name = name;
        this.watch = watch;
        this.input = input;
        this.retries = retries;
    }

    /** Opens the watch after the last revision that was received. */
    void open() {
        broken = false;
        target = 0;
        input.restart();
        watch.open(input.frontier() + 1);
    }

    boolean isBroken() {
        return broken;
    }

    /**
     * Receives inputs from the watch until the backlog has this weight.
     *
     * @return the end of the session, empty if the session goes on
     */
    Optional<SessionEnd> receive(int backlog) {
        while (input.backlog() < backlog) {
            WatchInput received = watch.poll();
            if (received == null) {
                return Optional.empty();
            }
            Optional<SessionEnd> end =
                    received instanceof WatchInput.Failed failure ? fail(failure.cause()) : accept(received);
            if (end.isPresent()) {
                return end;
            }
        }
        return Optional.empty();
    }

    private Optional<SessionEnd> accept(WatchInput received) {
        if (!(received instanceof WatchInput.Created) || !failsRepeatedly()) {
            retries.succeeded(name);
        }
        if (received instanceof WatchInput.Progress progress) {
            askedInVain = 0;
            input.progress(progress.revision());
        } else if (received instanceof WatchInput.Events events) {
            askedInVain = 0;
            for (WatchInput.RevisionEvents revision : events.revisions()) {
                if (!input.add(revision.revision(), revision.changes(), revision.weight(), revision.last())) {
                    return Optional.of(SessionEnd.withGap("a watch delivered revision " + revision.revision()
                            + " after it had reported progress beyond it"));
                }
            }
        }
        return Optional.empty();
    }

    /** Returns whether the watch fails each time before it delivers anything. Then its creation does not count as a success. */
    private boolean failsRepeatedly() {
        return failedAt == input.frontier() && failuresThere > FORGIVEN_FAILURES;
    }

    /**
     * Breaks the watch, or ends the session if the watch cannot continue where it was.
     *
     * @throws org.apache.kafka.connect.errors.ConnectException if the retries are exhausted
     */
    private Optional<SessionEnd> fail(Throwable cause) {
        EtcdFailure failure = EtcdFailure.of(name, cause);
        return switch (failure.kind()) {
            case COMPACTED ->
                Optional.of(SessionEnd.compacted(
                        "etcd has compacted revision " + (input.frontier() + 1) + ": " + cause.getMessage()));
            case FUTURE -> Optional.of(SessionEnd.WITHOUT_GAP);
            // reopening the watch would fail again, and the pages of a snapshot are smaller
            case RESPONSE_TOO_LARGE ->
                Optional.of(SessionEnd.withGap("the events after revision " + input.frontier()
                        + " exceed the size limit of a response: " + cause.getMessage()));
            default -> {
                broken = true;
                failuresThere = failedAt == input.frontier() ? failuresThere + 1 : 1;
                failedAt = input.frontier();
                watch.close();
                retries.failed(name, failure);
                yield Optional.empty();
            }
        };
    }

    /** Returns whether the watch was behind etcd at the last look, and has been silent for this time. */
    boolean isDead(Duration silence) {
        return input.frontier() < target && !broken && watch.isSilentFor(silence);
    }

    /**
     * Breaks the watch because it is dead.
     *
     * @throws ConnectException if the server creates one watch after the other and never answers their progress requests
     */
    Optional<SessionEnd> failSilent() {
        askedInVain = watch.isAskedInVain() ? askedInVain + 1 : 0;
        if (askedInVain >= WATCHES_ASKED_IN_VAIN) {
            throw new ConnectException(
                    "The " + name + " stands still at revision " + input.frontier() + ". " + ProgressCheck.REFUSAL);
        }
        LOG.warn("The {} is silent at revision {}, etcd was at {}", name, input.frontier(), target);
        return fail(new TimeoutException("the watch is silent"));
    }

    /** @param revision the revision of etcd, which the watch must reach */
    void target(long revision) {
        target = revision;
    }

    /** @param barrier a revision that a snapshot waits for, 0 for none */
    boolean wantsProgress(boolean awaited, long barrier) {
        return !broken && (awaited || input.frontier() < target || input.frontier() < barrier);
    }

    void requestProgress() {
        watch.requestProgress();
    }

    /** Returns the nanoseconds until {@link #requestProgress()} has an effect; not negative. */
    long nanosUntilAsking() {
        return Math.max(0, watch.nanosUntilAsking());
    }

    RevisionMerge.Input<KeyChange> input() {
        return input;
    }

    @Override
    public void close() {
        watch.close();
    }
}
