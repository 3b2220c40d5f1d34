package dev.etcdpg.testing.chaos.workload;

import dev.etcdpg.testing.chaos.history.Recorder;
import dev.etcdpg.testing.stack.EtcdHttpClient;
import dev.etcdpg.testing.stack.EtcdHttpTransaction;
import java.io.IOException;

/** A key that every transaction of a writer compares: when it has moved, none that was begun before can happen any more. */
public final class Fence {
    private final String key;
    private long generation;

    Fence(String run) {
        this.key = Recorder.NOTES + "fence/" + run;
    }

    synchronized EtcdHttpTransaction begin(EtcdHttpClient client) {
        return client.transaction().ifValue(key, Long.toString(generation));
    }

    /**
     * Moves it, also when that was tried before without an answer.
     *
     * @return the revision, behind all that the writers have done
     */
    synchronized long move(EtcdHttpClient client) throws IOException {
        generation++;
        return client.transaction().put(key, Long.toString(generation)).commit();
    }
}
