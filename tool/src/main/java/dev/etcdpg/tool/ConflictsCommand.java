package dev.etcdpg.tool;

import dev.etcdpg.tool.store.Database;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "conflicts",
        description = "Lists changes made in SQL that lost to a change in etcd, the newest first.",
        mixinStandardHelpOptions = true)
final class ConflictsCommand extends DatabaseCommand {

    @Parameters(arity = "0..1", paramLabel = "KEY", description = "Lists the conflicts of this key only.")
    private @Nullable String key;

    @Mixin
    private RowOptions options = new RowOptions();

    @Override
    void run(Database database) throws SQLException {
        print(new Listing(
                database.of("conflicts")
                        .set("key", key)
                        .set("with_values", options.values)
                        .set("limit", options.limit)
                        .list(Listing::row),
                "There is no conflict."));
    }
}
