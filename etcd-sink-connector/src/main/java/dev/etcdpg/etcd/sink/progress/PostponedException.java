package dev.etcdpg.etcd.sink.progress;

import java.time.Duration;

/** The records cannot be taken now, although etcd answers. Connect must deliver them again after a pause. */
public final class PostponedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final Duration pause;

    public PostponedException(String message, Duration pause) {
        super(message);
        this.pause = pause;
    }

    /** Returns the pause before the next delivery. */
    public Duration pause() {
        return pause;
    }
}
