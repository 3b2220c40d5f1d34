package dev.etcdpg.tool;

import dev.etcdpg.tool.file.SyncFileReader;
import java.io.PrintWriter;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
        name = "schema",
        description = "Prints the JSON schema of sync.yaml, with which an editor completes and checks the file.",
        mixinStandardHelpOptions = true)
final class SchemaCommand implements Runnable {

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public void run() {
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        out.print(SyncFileReader.schemaText());
        out.flush();
    }
}
