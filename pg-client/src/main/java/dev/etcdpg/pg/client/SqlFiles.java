package dev.etcdpg.pg.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * The SQL statements of one module: files named {@code <statement>.sql} in one folder of the class path. Each file is read and translated once.
 * Lines that begin with {@code --} are not sent to the server. Thread-safe.
 *
 * <p>A file may use <code>${table}</code> for the name of a table, which cannot be a parameter in SQL.
 */
public final class SqlFiles {

    private final Class<?> anchor;
    private final String folder;
    private final Map<String, SqlText> texts = new ConcurrentHashMap<>();

    /**
     * Creates a set of statements from the files of a folder.
     *
     * @param anchor class whose class loader finds the files
     * @param folder relative to the package of the anchor, or absolute with a leading slash; without a trailing slash
     */
    public SqlFiles(Class<?> anchor, String folder) {
        this.anchor = anchor;
        this.folder = folder;
    }

    /** @throws IllegalArgumentException if there is no such file, or the file contains a positional parameter */
    SqlText get(String name) {
        return texts.computeIfAbsent(name, n -> SqlText.parse(n, read(n)));
    }

    /** @param table quoted; replaces <code>${table}</code> */
    SqlText get(String name, String table) {
        return texts.computeIfAbsent(
                name + " on " + table, n -> SqlText.parse(n, read(name).replace("${table}", table)));
    }

    private String read(String name) {
        try (InputStream in = anchor.getResourceAsStream(folder + "/" + name + ".sql")) {
            if (in == null) {
                throw new IllegalArgumentException("No statement " + name + " in " + folder);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.stripLeading().startsWith("--"))
                    .collect(Collectors.joining("\n"))
                    .strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
