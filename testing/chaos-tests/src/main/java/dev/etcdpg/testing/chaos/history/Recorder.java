package dev.etcdpg.testing.chaos.history;

import com.fasterxml.jackson.databind.JsonNode;
import dev.etcdpg.testing.stack.EtcdHttpClient;
import dev.etcdpg.testing.stack.Stack;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Records all events of etcd with a watch over all keys. The other keys of a revision identify its author.
 */
public final class Recorder implements AutoCloseable {
    /** The prefix, outside of the route, of the notes that writers add to each of their transactions. */
    public static final String NOTES = "/chaos/";

    private static final String PROGRESS = "/etcd-pg-connect/progress/";
    private static final Duration AGAIN = Duration.ofMillis(200);

    private final EtcdHttpClient client;
    private final Thread thread = new Thread(this::run, "recorder");
    private EtcdHistory history;
    private final Counts counts;
    private long through;
    private boolean ended;
    private String failure;

    public Recorder(EtcdHttpClient client, Counts counts) {
        this.client = client;
        this.counts = counts;
    }

    /** Starts recording. Nothing may write below the prefix during the call. */
    public void start() throws IOException {
        through = client.revision();
        history = new EtcdHistory(through);
        client.all(Stack.PREFIX)
                .values()
                .forEach(entry -> history.add(new EtcdEvent(
                        entry.key(),
                        entry.modRevision(),
                        Values.shortened(entry.value()),
                        entry.createRevision(),
                        entry.version(),
                        entry.lease(),
                        Author.BEFORE)));
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        while (!isOver()) {
            try {
                client.watchAll(through() + 1, this::record);
            } catch (IOException etcdIsAway) {
                pause();
            }
        }
    }

    private synchronized boolean isOver() {
        return ended || failure != null;
    }

    @SuppressWarnings("WaitNotInLoop") // an early end of the pause only makes the caller look again
    private synchronized void pause() {
        try {
            if (!ended) {
                wait(AGAIN.toMillis());
            }
        } catch (InterruptedException e) {
            ended = true;
        }
    }

    /** Records an answer of the watch, which has whole revisions. */
    synchronized boolean record(JsonNode answer) {
        JsonNode result = answer.path("result");
        if (result.path("compact_revision").asLong() > 0) {
            failure = "etcd was compacted at " + result.path("compact_revision").asLong() + ", and recorded only to "
                    + through;
        }
        Map<Long, List<JsonNode>> revisions = new HashMap<>();
        result.path("events").forEach(event -> revisions
                .computeIfAbsent(event.path("kv").path("mod_revision").asLong(), r -> new ArrayList<>())
                .add(event));
        revisions.forEach(this::record);
        notifyAll();
        return !isOver() && !result.path("canceled").asBoolean();
    }

    private void record(long revision, List<JsonNode> events) {
        Author author = Author.LEASE;
        for (JsonNode event : events) {
            String key = EtcdHttpClient.text(event.path("kv"), "key");
            author = key.startsWith(NOTES) ? Author.WRITER : key.startsWith(PROGRESS) ? Author.SINK : author;
        }
        for (JsonNode event : events) {
            JsonNode kv = event.path("kv");
            String key = EtcdHttpClient.text(kv, "key");
            if (key.startsWith(Stack.PREFIX)) {
                boolean isDelete = event.path("type").asText().equals("DELETE");
                history.add(new EtcdEvent(
                        key,
                        revision,
                        isDelete ? null : Values.shortened(EtcdHttpClient.text(kv, "value")),
                        isDelete ? 0 : kv.path("create_revision").asLong(),
                        isDelete ? 0 : kv.path("version").asLong(),
                        isDelete ? 0 : kv.path("lease").asLong(),
                        author));
                counts.add("etcd events of " + name(author), 1);
            }
        }
        through = Math.max(through, revision);
    }

    private static String name(Author author) {
        return switch (author) {
            case WRITER -> "writers";
            case SINK -> "PostgreSQL";
            default -> "leases";
        };
    }

    /** Forgets all events and keeps the present state. */
    public synchronized void forget() {
        history = history.from(through);
    }

    public synchronized long since() {
        return history.since();
    }

    /** Returns the revision up to which all events are recorded. */
    public synchronized long through() {
        return through;
    }

    /** Waits until a revision is recorded. */
    public synchronized void await(long revision, Duration atMost) throws InterruptedException {
        long end = System.nanoTime() + atMost.toNanos();
        while (through < revision) {
            long left = (end - System.nanoTime()) / 1_000_000;
            if (failure != null || left <= 0) {
                throw new IllegalStateException(
                        failure != null
                                ? failure
                                : "etcd's revision " + revision + " was not recorded, only " + through);
            }
            wait(left);
        }
    }

    /** Gives the history to a reader while nothing is added. */
    public synchronized void read(Consumer<EtcdHistory> reader) {
        reader.accept(history);
    }

    @Override
    public void close() {
        synchronized (this) {
            ended = true;
            notifyAll();
        }
        // Only an interrupt ends the read of the watch.
        thread.interrupt();
    }
}
