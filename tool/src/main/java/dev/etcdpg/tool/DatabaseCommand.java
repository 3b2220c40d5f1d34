package dev.etcdpg.tool;

import dev.etcdpg.tool.connect.ClusterException;
import dev.etcdpg.tool.plan.DeploymentPlan;
import dev.etcdpg.tool.store.Database;
import java.io.PrintWriter;
import java.sql.SQLException;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A command that needs PostgreSQL only. */
abstract class DatabaseCommand implements Callable<Integer> {

    @Mixin
    private FileOption file = new FileOption();

    @Mixin
    private Output output = new Output();

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public final Integer call() {
        try (Database database = Database.open(DeploymentPlan.of(file.read()))) {
            run(database);
            return 0;
        } catch (SQLException e) {
            throw new ClusterException("PostgreSQL has refused the command: " + e.getMessage(), e);
        }
    }

    abstract void run(Database database) throws SQLException;

    final void print(Listing listing) {
        listing.print(Objects.requireNonNull(spec).commandLine().getOut(), output);
    }

    /** Prints a result: a sentence for people, or a JSON document. */
    final void print(String sentence, Object document) {
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        if (output.isJson()) {
            Output.print(out, document);
        } else {
            out.println(sentence);
        }
    }
}
