package dev.etcdpg.testing.it;

import static dev.etcdpg.testing.it.Sides.key;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** Writes to both sides, with different keys, until the load is closed. The servers must run. */
final class Load implements AutoCloseable {
    private static final int KEYS = 50;

    private final AtomicBoolean ending = new AtomicBoolean();
    private final AtomicInteger written = new AtomicInteger();
    private final CompletableFuture<Void> inEtcd;
    private final CompletableFuture<Void> inPostgres;

    /** @param name the folder of the keys below the prefix */
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

    /** Ends the load, and throws its failure if it has one. */
    @Override
    public void close() {
        ending.set(true);
        CompletableFuture.allOf(inEtcd, inPostgres).join();
    }
}
