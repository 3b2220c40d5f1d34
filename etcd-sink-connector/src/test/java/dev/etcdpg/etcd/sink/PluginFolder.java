package dev.etcdpg.etcd.sink;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** This module's jar and what it needs, as they are on the class path of an integration test, as a folder for {@code plugin.path}. */
final class PluginFolder {

    private static final List<String> NOT_OURS = List.of(
            "kafka-",
            "connect-",
            "slf4j-",
            "junit-",
            "jqwik-",
            "assertj-",
            "awaitility-",
            "local-servers",
            "zstd",
            "lz4",
            "snappy");

    private PluginFolder() {}

    static Path in(Path parent) throws IOException {
        Path folder = Files.createDirectories(parent.resolve("etcd-sink"));
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            Path jar = Path.of(entry);
            String name = jar.getFileName().toString();
            if (name.endsWith(".jar") && NOT_OURS.stream().noneMatch(name::startsWith)) {
                Files.copy(jar, folder.resolve(name));
            }
        }
        return folder.getParent();
    }
}
