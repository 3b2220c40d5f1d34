package dev.etcdpg.testing.chaos.workload;

import dev.etcdpg.testing.chaos.history.Recorder;
import dev.etcdpg.testing.stack.EtcdHttpClient;
import dev.etcdpg.testing.stack.EtcdHttpTransaction;
import java.io.IOException;

/** A key that each transaction of a writer compares. After the fence has moved, earlier transactions cannot take effect. */
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
     * Moves the fence, even if an earlier attempt had no answer.
     *
     * @return the revision, which is after all writes of the writers
     */
    synchronized long move(EtcdHttpClient client) throws IOException {
        generation++;
        return client.transaction().put(key, Long.toString(generation)).commit();
    }
}
