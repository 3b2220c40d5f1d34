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
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** The surroundings of a chapter: both stores, the topics, and the output. */
final class DemoWorld implements AutoCloseable {
    private static final Duration POLL_INTERVAL = Duration.ofMillis(20);
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    private final Stack stack;
    private final PrintStream out;
    private final EtcdHttpClient etcd;
    private final DemoTable table;
    private final TopicReader topics;

    DemoWorld(Stack stack, PrintStream out) {
        this.stack = stack;
        this.out = out;
        this.etcd = stack.etcdClient();
        this.table = new DemoTable(stack);
        this.topics = new TopicReader(stack.kafka().bootstrap());
    }

    /** Waits for the table and creates the role of the application. */
    void begin() {
        try {
            await("the sink has created the table public.etcd", table::exists);
            table.createAuthor();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("the demo cannot begin", e);
        }
    }

    Stack stack() {
        return stack;
    }

    EtcdHttpClient etcd() {
        return etcd;
    }

    /** The mirrored table, as the role of the application. */
    DemoTable table() {
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
            throw new CheckFailed(sentence);
        }
        out.println("  ok  " + sentence);
    }

    /** Waits until the condition is true, and prints the sentence. Failures of servers count as false. */
    void await(String sentence, Callable<Boolean> condition) throws Exception {
        await(sentence, PATIENCE, condition);
    }

    void await(String sentence, Duration atMost, Callable<Boolean> condition) throws Exception {
        Exception[] last = new Exception[1];
        try {
            Awaitility.await()
                    .dontCatchUncaughtExceptions()
                    .pollInSameThread()
                    .pollDelay(Duration.ZERO)
                    .pollInterval(POLL_INTERVAL)
                    .atMost(atMost)
                    .until(() -> {
                        last[0] = null;
                        try {
                            return condition.call();
                        } catch (SQLException | IOException | ServerException serverIsAway) {
                            last[0] = serverIsAway;
                            return false;
                        }
                    });
        } catch (ConditionTimeoutException timeout) {
            throw new CheckFailed(sentence + " (not within " + atMost.toSeconds() + " s"
                    + (last[0] == null ? "" : "; " + last[0].getMessage()) + ")");
        }
        out.println("  ok  " + sentence);
    }

    /** Waits until all connectors and tasks are RUNNING. Throws at once when one of them has FAILED. */
    void awaitRunning() throws Exception {
        await("all connectors and their tasks are RUNNING", () -> {
            Connect connect = stack.connect();
            boolean running = true;
            for (String name : connect.connectors()) {
                String failure = connect.failure(name);
                if (failure != null) {
                    throw new CheckFailed(name + " failed: "
                            + failure.lines()
                                    .filter(line -> !line.startsWith("\tat "))
                                    .toList());
                }
                running &= connect.isRunning(name);
            }
            return running;
        });
    }

    /** Waits until the prefix and the table are equal in keys, values and revisions, and no change is pending. */
    void awaitEqual() throws Exception {
        Comparison[] last = new Comparison[1];
        try {
            await("both sides have equal keys, values and revisions, and no change is pending", () -> {
                last[0] = Comparison.now(this);
                return last[0].isEqual();
            });
        } catch (CheckFailed e) {
            throw new CheckFailed(e.getMessage() + ": " + last[0]);
        }
        say(last[0].keys() + " keys");
    }

    /** Prints the values of keys on both sides. */
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
