package dev.etcdpg.tool;

import dev.etcdpg.tool.file.SyncFile;
import dev.etcdpg.tool.file.SyncFileReader;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The file, for commands that have other parameters. */
final class FileOption {

    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE",
            defaultValue = "sync.yaml",
            description = "Description of the mirrors (default: sync.yaml).")
    private Path file = Path.of("sync.yaml");

    SyncFile read() {
        return SyncFileReader.read(file);
    }
}
