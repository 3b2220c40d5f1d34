package dev.etcdpg.etcd.source.watch;

import dev.etcdpg.core.retry.Deadline;
import dev.etcdpg.etcd.kv.KeySpan;
import io.etcd.jetcd.Watch;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Finds out whether a server answers progress requests of watches. etcd's own gRPC proxy drops them, and without the answers an event waits
 * until another watch delivers an event too.
 */
public final class ProgressCheck {

    /** What a task or a validation says about such a server. */
    public static final String REFUSAL =
            "The server at etcd.endpoints delivers watches, but it does not answer their progress requests. "
                    + "etcd's gRPC proxy (etcd grpc-proxy) drops them. Set etcd.endpoints to the client URLs of the etcd members.";

    private ProgressCheck() {}

    /**
     * Opens a watch and asks for its progress.
     *
     * @param span keys that the user may read
     * @param limit the longest time of the check
     * @return false if the server has created the watch and has not answered any request in this time; true if it has answered, or if the watch
     *     has failed or was not created
     */
    public static boolean answers(Watch client, KeySpan span, Duration limit) throws InterruptedException {
        Deadline end = Deadline.after(limit, System::nanoTime);
        Semaphore wakeUps = new Semaphore(0);
        WatchQueue queue = new WatchQueue(1, wakeUps::release);
        try (EtcdWatch watch = new EtcdWatch("check of progress", () -> client, span, queue, System::nanoTime)) {
            watch.open(0);
            while (!end.hasPassed()) {
                WatchInput input = watch.poll();
                if (input instanceof WatchInput.Progress || input instanceof WatchInput.Failed) {
                    return true;
                }
                if (input == null) {
                    watch.requestProgress();
                    long nanos = Math.min(end.remainingNanos(), watch.nanosUntilAsking());
                    wakeUps.tryAcquire(Math.max(1, nanos), TimeUnit.NANOSECONDS);
                }
            }
            return !watch.isAskedInVain();
        }
    }
}
