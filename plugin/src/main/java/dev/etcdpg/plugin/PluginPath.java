package dev.etcdpg.plugin;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Locates the unpacked plugin of this build, for the tests and the sandbox. The archive does not contain this class: the assembly leaves out
 * the module's own jar.
 */
public final class PluginPath {
    private PluginPath() {}

    /**
     * Returns the folder for a worker's {@code plugin.path}.
     *
     * @throws IllegalStateException if the module has not been packaged
     */
    public static Path folder() {
        try (InputStream in = PluginPath.class.getResourceAsStream("plugin.path")) {
            if (in == null) {
                throw new IllegalStateException("The file plugin.path is missing. Build the module plugin with Maven");
            }
            Path folder = Path.of(new String(in.readAllBytes(), StandardCharsets.UTF_8).strip());
            if (!Files.isDirectory(folder)) {
                throw new IllegalStateException(
                        "The folder " + folder + " does not exist. Package the module plugin with Maven");
            }
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
