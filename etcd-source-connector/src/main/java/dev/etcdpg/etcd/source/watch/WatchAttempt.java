package dev.etcdpg.etcd.source.watch;

import dev.etcdpg.etcd.kv.EtcdBytes;
import dev.etcdpg.etcd.kv.KeySpan;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.watch.WatchResponse;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One watcher of jetcd. It ends at the first error, because jetcd would then resume the watch by itself at the wrong revision. jetcd calls the
 * listener on its own threads; after {@link #close()} the attempt delivers nothing more.
 */
final class WatchAttempt implements Watch.Listener {

    private final Consumer<WatchInput> inputs;
    private Watch.@Nullable Watcher watcher;
    private boolean closed;

    /** @param inputs receives the input from the watch; it may block */
    WatchAttempt(Consumer<WatchInput> inputs) {
        this.inputs = inputs;
    }

    /** Opens the watch at this revision. */
    void start(Watch client, KeySpan span, long revision) {
        WatchOption option = WatchOption.builder()
                .withRevision(revision)
                .withRange(bytes(span.end()))
                .withCreateNotify(true)
                .withRequireLeader(true)
                .build();
        Watch.Watcher started = client.watch(bytes(span.start()), option, this);
        boolean late;
        synchronized (this) {
            watcher = started;
            late = closed;
        }
        if (late) {
            started.close();
        }
    }

    synchronized void requestProgress() {
        if (!closed && watcher != null) {
            watcher.requestProgress();
        }
    }

    @Override
    public void onNext(WatchResponse response) {
        WatchResponses.translate(response, inputs);
    }

    @Override
    public void onError(Throwable cause) {
        // the attempt must be closed in this callback, or jetcd resumes the watch by itself
        if (close()) {
            inputs.accept(new WatchInput.Failed(cause));
        }
    }

    /** jetcd also calls this when the watcher is closed. */
    @Override
    public void onCompleted() {
        if (close()) {
            inputs.accept(new WatchInput.Failed(new WatchEndedException("the server ended the watch")));
        }
    }

    /** @return false if it was closed before */
    boolean close() {
        Watch.Watcher open;
        synchronized (this) {
            if (closed) {
                return false;
            }
            closed = true;
            open = watcher;
        }
        if (open != null) {
            open.close();
        }
        return true;
    }

    private static ByteSequence bytes(EtcdBytes key) {
        return ByteSequence.from(key.toByteArray());
    }
}
