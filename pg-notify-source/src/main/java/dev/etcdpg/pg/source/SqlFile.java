package dev.etcdpg.pg.source;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** SQL among the resources of this package. */
final class SqlFile {

    private SqlFile() {}

    static String read(String name) {
        try (InputStream in = SqlFile.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
