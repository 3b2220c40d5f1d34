package dev.etcdpg.tool;

import dev.etcdpg.tool.file.ProblemsException;
import dev.etcdpg.tool.store.Database;
import java.sql.SQLException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "prune",
        description = "Removes old entries of the history, and old conflicts. What the connectors still need stays.",
        mixinStandardHelpOptions = true)
final class PruneCommand extends DatabaseCommand {

    @Option(
            names = "--older-than",
            paramLabel = "INTERVAL",
            description = "Removes what was replaced longer ago, for example \"90 days\" (an interval of PostgreSQL).")
    private @Nullable String olderThan;

    @Option(
            names = "--keep-per-key",
            paramLabel = "NUMBER",
            description = "Keeps only so many entries of each key in the history.")
    private @Nullable Long keepPerKey;

    @Option(names = "--conflicts", description = "Removes conflicts older than --older-than too.")
    private boolean conflicts;

    @Override
    void run(Database database) throws SQLException {
        if (olderThan == null && (keepPerKey == null || conflicts)) {
            throw new ProblemsException(
                    "prune", conflicts ? "--conflicts needs --older-than." : "Give --older-than or --keep-per-key.");
        }
        long entries = removed(database, "prune_history");
        long lost = conflicts ? removed(database, "prune_conflicts") : 0;
        print(
                "Removed " + entries + " entries of the history" + (conflicts ? " and " + lost + " conflicts." : "."),
                Map.of("history", entries, "conflicts", lost));
    }

    /** Each call is a short transaction, and removes a part. */
    private long removed(Database database, String statement) throws SQLException {
        long all = 0;
        long part;
        do {
            var call = database.of(statement).set("older_than", olderThan);
            part = (statement.equals("prune_history") ? call.set("keep_per_key", keepPerKey) : call)
                    .one(row -> row.getLong("removed"));
            all += part;
        } while (part > 0);
        return all;
    }
}
