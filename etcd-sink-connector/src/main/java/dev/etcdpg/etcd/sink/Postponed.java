package dev.etcdpg.etcd.sink;

import java.time.Duration;

/** The records cannot be taken now, though etcd answers; deliver them again after a pause. */
final class Postponed extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final Duration pause;

    Postponed(String message, Duration pause) {
        super(message);
        this.pause = pause;
    }

    Duration pause() {
        return pause;
    }
}
