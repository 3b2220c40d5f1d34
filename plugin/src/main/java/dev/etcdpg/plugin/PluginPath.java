package dev.etcdpg.plugin;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where this build has put the unpacked plugin, for the tests and the sandbox. */
public final class PluginPath {
    private PluginPath() {}

    /**
     * The folder to give to a worker as {@code plugin.path}.
     *
     * @throws IllegalStateException when the module has not been packaged
     */
    public static Path folder() {
        try (InputStream in = PluginPath.class.getResourceAsStream("plugin.path")) {
            if (in == null) {
                throw new IllegalStateException("build the module plugin with Maven");
            }
            Path folder = Path.of(new String(in.readAllBytes(), StandardCharsets.UTF_8).strip());
            if (!Files.isDirectory(folder)) {
                throw new IllegalStateException(folder + " is not there: package the module plugin with Maven");
            }
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
