package dev.etcdpg.testing.kit;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A connector and its dependencies as a folder for {@code plugin.path}. Failsafe puts the jar of the module under test on the class
 * path; this class copies the jars of the class path, without the jars of Kafka and of the tests.
 */
public final class PluginFolder {

    private static final List<String> NO_PART_OF_A_PLUGIN = List.of(
            "kafka-",
            "connect-",
            "slf4j-",
            "junit-",
            "jqwik-",
            "assertj-",
            "awaitility-",
            "hamcrest",
            "local-servers",
            "zstd",
            "lz4",
            "snappy");

    private PluginFolder() {}

    /**
     * @param parent an existing folder
     * @param plugin the name of the plugin's folder in {@code parent}
     * @return the value for {@code plugin.path}
     */
    public static Path in(Path parent, String plugin) throws IOException {
        Path folder = Files.createDirectories(parent.resolve(plugin));
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            Path jar = Path.of(entry);
            String name = jar.getFileName().toString();
            if (name.endsWith(".jar") && NO_PART_OF_A_PLUGIN.stream().noneMatch(name::startsWith)) {
                Files.copy(jar, folder.resolve(name));
            }
        }
        return parent;
    }
}
