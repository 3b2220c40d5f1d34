package dev.etcdpg.tool;

import dev.etcdpg.tool.store.Database;
import java.sql.SQLException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "history",
        description =
                "Lists the states that a key had in etcd, the oldest first. A row \"gap\" says what may be missing.",
        mixinStandardHelpOptions = true)
final class HistoryCommand extends DatabaseCommand {

    @Parameters(paramLabel = "KEY", description = "Key in etcd.")
    private String key = "";

    @Option(
            names = "--values",
            description = "Shows the values, which may be secret. Without it, their sizes are shown.")
    private boolean values;

    @Override
    void run(Database database) throws SQLException {
        print(new Listing(
                database.of("history")
                        .set("key", key)
                        .set("with_values", values)
                        .list(Listing::row),
                "The history has no entry of this key."));
    }
}
