package dev.etcdpg.tool;

import dev.etcdpg.tool.store.Database;
import java.sql.SQLException;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "resync",
        description = {
            "Asks for a snapshot of the keys with a prefix, or of a range of keys of a route.",
            "The command returns at once. status shows the open requests."
        },
        mixinStandardHelpOptions = true)
final class ResyncCommand extends DatabaseCommand {

    @ArgGroup(multiplicity = "1")
    private What what = new What();

    /** Either a prefix or a range. */
    static final class What {

        @Parameters(paramLabel = "PREFIX", description = "First characters of the keys.")
        @Nullable
        String prefix;

        @ArgGroup(exclusive = false)
        @Nullable
        Range range;
    }

    /** The keys of a route after the first bound, up to the second. */
    static final class Range {

        @Option(names = "--route", required = true, paramLabel = "NAME", description = "Route of the range.")
        String route = "";

        @Option(
                names = "--after",
                paramLabel = "KEY",
                defaultValue = "",
                description = "The range begins after this key. Without it, the range has no lower bound.")
        String after = "";

        @Option(
                names = "--through",
                paramLabel = "KEY",
                defaultValue = "",
                description = "Last key of the range. Without it, the range has no upper bound.")
        String through = "";
    }

    @Override
    void run(Database database) throws SQLException {
        long requests;
        if (what.prefix != null) {
            requests = database.of("resync_prefix").set("prefix", what.prefix).one(row -> row.getLong("requests"));
        } else {
            Range range = Objects.requireNonNull(what.range);
            database.of("resync_range")
                    .set("after", range.after)
                    .set("through", range.through)
                    .set("route", range.route)
                    .run();
            requests = 1;
        }
        print(
                requests == 1 ? "A snapshot is asked for." : "Snapshots are asked for in " + requests + " routes.",
                Map.of("requests", requests));
    }
}
