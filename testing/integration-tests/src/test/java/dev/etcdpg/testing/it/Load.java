package dev.etcdpg.testing.it;

import static dev.etcdpg.testing.it.Sides.key;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** Writes to both sides, each to keys of its own, until it is told to end; the servers must be there. */
final class Load implements AutoCloseable {
    private static final int KEYS = 50;

    private final AtomicBoolean ending = new AtomicBoolean();
    private final AtomicInteger written = new AtomicInteger();
    private final CompletableFuture<Void> inEtcd;
    private final CompletableFuture<Void> inPostgres;

    /** @param name of the folder below the prefix that the keys are in */
    Load(Sides sides, String name) {
        inEtcd = CompletableFuture.runAsync(() -> {
            for (int i = 0; !ending.get(); i++) {
                sides.etcd.put(key(name + "/etcd/" + i % KEYS), "value " + i);
                written.incrementAndGet();
            }
        });
        inPostgres = CompletableFuture.runAsync(() -> writeRows(sides, name));
    }

    private void writeRows(Sides sides, String name) {
        try (Connection connection = sides.postgres.connect();
                PreparedStatement statement = connection.prepareStatement(
                        "insert into etcd (key, value) values (?, ?) on conflict (key) do update set value = excluded.value")) {
            for (int i = 0; !ending.get(); i++) {
                statement.setString(1, key(name + "/sql/" + i % KEYS));
                statement.setString(2, "value " + i);
                statement.execute();
                written.incrementAndGet();
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    int written() {
        if (inEtcd.isCompletedExceptionally() || inPostgres.isCompletedExceptionally()) {
            close();
        }
        return written.get();
    }

    /** Ends the load; a failure of it is thrown. */
    @Override
    public void close() {
        ending.set(true);
        CompletableFuture.allOf(inEtcd, inPostgres).join();
    }
}
