package dev.etcdpg.tool;

import dev.etcdpg.tool.store.Database;
import java.sql.SQLException;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "resolve", description = "Decides about the held change of a key.", mixinStandardHelpOptions = true)
final class ResolveCommand extends DatabaseCommand {

    /** The side that wins. The names are those on the command line. */
    enum Side {
        etcd,
        postgres
    }

    @Parameters(index = "0", paramLabel = "KEY", description = "Key of the held change.")
    private String key = "";

    @Parameters(
            index = "1",
            paramLabel = "SIDE",
            description =
                    "etcd: the change is given up, and the row takes etcd's value. postgres: the change is sent again.")
    private Side side = Side.etcd;

    @Override
    void run(Database database) throws SQLException {
        String answer =
                database.of("resolve").set("key", key).set("side", side.name()).one(row -> row.getString("answer"));
        print("The change of " + key + ": " + answer + ".", Map.of("key", key, "answer", answer));
    }
}
