package dev.etcdpg.tool;

import dev.etcdpg.tool.store.Database;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "pending",
        description = "Lists changes made in SQL that etcd has not decided yet, the oldest first.",
        mixinStandardHelpOptions = true)
final class PendingCommand extends DatabaseCommand {

    @Parameters(arity = "0..1", paramLabel = "KEY", description = "Lists the changes of this key only.")
    private @Nullable String key;

    @Option(names = "--held", description = "Lists held changes only: they wait for \"etcd-pg resolve\".")
    private boolean held;

    @Mixin
    private RowOptions options = new RowOptions();

    @Override
    void run(Database database) throws SQLException {
        print(new Listing(
                database.of("pending")
                        .set("key", key)
                        .set("only_held", held)
                        .set("with_values", options.values)
                        .set("limit", options.limit)
                        .list(Listing::row),
                held ? "No change is held." : "No change is pending."));
    }
}
