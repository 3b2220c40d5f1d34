package dev.etcdpg.sandbox.demo;

import dev.etcdpg.testing.servers.Connect;
import dev.etcdpg.testing.servers.ServerException;
import dev.etcdpg.testing.stack.Entry;
import dev.etcdpg.testing.stack.EtcdHttpClient;
import dev.etcdpg.testing.stack.Stack;
import dev.etcdpg.testing.stack.TextTable;
import dev.etcdpg.testing.stack.TopicReader;
import java.io.IOException;
import java.io.PrintStream;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;

/** What a chapter works with: both stores, the topics, and a place to print. */
final class World implements AutoCloseable {
    private static final long POLL_MS = 20;
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    private final Stack stack;
    private final PrintStream out;
    private final EtcdHttpClient etcd;
    private final Table table;
    private final TopicReader topics;

    World(Stack stack, PrintStream out) {
        this.stack = stack;
        this.out = out;
        this.etcd = new EtcdHttpClient(stack.etcd().endpoint());
        this.table = new Table(stack.postgres());
        this.topics = new TopicReader(stack.kafka().bootstrap());
    }

    /** Waits for the table and creates the role that the story's changes are made by. */
    void begin() {
        try {
            await("the sink has made the table public.etcd", table::exists);
            table.createAuthor();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("the story cannot begin", e);
        }
    }

    Stack stack() {
        return stack;
    }

    EtcdHttpClient etcd() {
        return etcd;
    }

    /** The mirrored table, as the application's role. */
    Table table() {
        return table;
    }

    TopicReader topics() {
        return topics;
    }

    /** A key of the demo. */
    static String key(String name) {
        return Stack.PREFIX + name;
    }

    void say(String line) {
        out.println("      " + line);
    }

    void check(boolean holds, String sentence) {
        if (!holds) {
            throw new DoesNotHold(sentence);
        }
        out.println("  ok  " + sentence);
    }

    /** Waits until it holds. */
    void await(String sentence, Callable<Boolean> condition) throws Exception {
        await(sentence, PATIENCE, condition);
    }

    void await(String sentence, Duration atMost, Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + atMost.toNanos();
        Exception last = null;
        while (true) {
            try {
                if (condition.call()) {
                    out.println("  ok  " + sentence);
                    return;
                }
                last = null;
            } catch (SQLException | IOException | ServerException serverIsAway) {
                last = serverIsAway;
            }
            if (System.nanoTime() > end) {
                throw new DoesNotHold(sentence + " (not within " + atMost.toSeconds() + " s"
                        + (last == null ? "" : "; " + last.getMessage()) + ")");
            }
            Thread.sleep(POLL_MS);
        }
    }

    /** Waits until all connectors and tasks are RUNNING; a FAILED one stays so and is told at once. */
    void awaitRunning() throws Exception {
        await("all connectors and their tasks are RUNNING", () -> {
            Connect connect = stack.connect();
            boolean running = true;
            for (String name : connect.connectors()) {
                String failure = connect.failure(name);
                if (failure != null) {
                    throw new DoesNotHold(name + " failed: "
                            + failure.lines()
                                    .filter(line -> !line.startsWith("\tat "))
                                    .toList());
                }
                running &= connect.isRunning(name);
            }
            return running;
        });
    }

    /** Waits until prefix and table are equal, key by key, in value and revisions, and nothing is pending. */
    void awaitEqual() throws Exception {
        Comparison[] last = new Comparison[1];
        try {
            await("both sides are equal, key by key, in value and revisions, and no change is pending", () -> {
                last[0] = Comparison.now(this);
                return last[0].isEqual();
            });
        } catch (DoesNotHold e) {
            throw new DoesNotHold(e.getMessage() + ": " + last[0]);
        }
        say(last[0].keys() + " keys");
    }

    /** Prints what both sides hold of these keys. */
    void show(String... keys) throws Exception {
        TextTable both = new TextTable(List.of("key", "in etcd", "mod_revision", "in PostgreSQL", "mod_revision"));
        for (String key : keys) {
            Entry there = etcd.get(key);
            Entry here = table.get(key);
            both.row(List.of(key, value(there), revision(there), value(here), revision(here)));
        }
        both.toString().lines().forEach(this::say);
    }

    private static String value(Entry entry) {
        return entry == null ? "-" : entry.value();
    }

    private static String revision(Entry entry) {
        return entry == null ? "" : Long.toString(entry.modRevision());
    }

    @Override
    public void close() {
        table.close();
    }
}
