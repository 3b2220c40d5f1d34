package dev.etcdpg.tool;

import dev.etcdpg.core.Version;
import dev.etcdpg.tool.connect.ClusterException;
import dev.etcdpg.tool.file.ProblemsException;
import dev.etcdpg.tool.verify.VerifyException;
import java.io.PrintWriter;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.bridge.SLF4JBridgeHandler;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The command line of {@code etcd-pg}. Without a command it prints its help. */
@Command(
        name = "etcd-pg",
        description = "Keeps prefixes of etcd and tables of PostgreSQL equal, with connectors of Kafka Connect.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true,
        versionProvider = Main.ProjectVersion.class,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:success",
            "1:a server cannot be reached, or refuses a request",
            "2:wrong use of the command line",
            "3:mistakes in the file or in the setup: nothing was changed",
            "4:both sides differ"
        },
        subcommands = {
            DeployCommand.class,
            RemoveCommand.class,
            StatusCommand.class,
            VerifyCommand.class,
            PendingCommand.class,
            ConflictsCommand.class,
            ResolveCommand.class,
            ResyncCommand.class,
            HistoryCommand.class,
            PruneCommand.class,
            SchemaCommand.class,
            CommandLine.HelpCommand.class
        })
public final class Main implements Runnable {

    static final int FAILURE = 1;
    static final int PROBLEMS = 3;
    static final int DIFFERENT = 4;

    @Spec
    private @Nullable CommandSpec spec;

    private Main() {}

    @Override
    public void run() {
        CommandLine line = Objects.requireNonNull(spec).commandLine();
        line.usage(line.getOut());
    }

    public static void main(String[] arguments) {
        // gRPC logs with java.util.logging
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
        System.exit(commandLine().execute(arguments));
    }

    /** Runs a command with other streams, and returns the exit code. */
    public static int execute(PrintWriter out, PrintWriter err, String... arguments) {
        return commandLine().setOut(out).setErr(err).execute(arguments);
    }

    private static CommandLine commandLine() {
        CommandLine line = new CommandLine(new Main());
        line.setExpandAtFiles(false);
        line.setExecutionExceptionHandler(Main::report);
        return line;
    }

    private static int report(Exception exception, CommandLine command, CommandLine.ParseResult parsed)
            throws Exception {
        if (exception instanceof ProblemsException problems) {
            problems.problems().forEach(problem -> command.getErr().println(problem));
            return PROBLEMS;
        }
        if (exception instanceof ClusterException || exception instanceof VerifyException) {
            command.getErr().println(exception.getMessage());
            return FAILURE;
        }
        throw exception;
    }

    /** The version of the project. */
    static final class ProjectVersion implements IVersionProvider {

        @Override
        public String[] getVersion() {
            return new String[] {"etcd-pg " + Version.get()};
        }
    }
}
