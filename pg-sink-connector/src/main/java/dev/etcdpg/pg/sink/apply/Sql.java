package dev.etcdpg.pg.sink.apply;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The statements, from {@code /dev/etcdpg/pg/sink/sql/<name>.sql}. */
final class Sql {

    private static final Map<String, String> STATEMENTS = new ConcurrentHashMap<>();

    private Sql() {}

    static String of(String name) {
        return STATEMENTS.computeIfAbsent(name, Sql::load);
    }

    /** @param table quoted, and takes the place of <code>${table}</code> */
    static String on(String table, String name) {
        String sql = of(name);
        return STATEMENTS.computeIfAbsent(name + " " + table, both -> sql.replace("${table}", table));
    }

    private static String load(String name) {
        try (InputStream in = Sql.class.getResourceAsStream("/dev/etcdpg/pg/sink/sql/" + name + ".sql")) {
            if (in == null) {
                throw new IllegalArgumentException("no statement " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("--"))
                    .reduce("", (a, b) -> a + b + "\n")
                    .strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
