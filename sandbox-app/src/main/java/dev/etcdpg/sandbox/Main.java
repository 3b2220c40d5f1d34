package dev.etcdpg.sandbox;

import dev.etcdpg.testing.servers.ServerException;
import dev.etcdpg.testing.stack.SandboxException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The command line of {@code ./sandbox}. Without a command it prints its help. */
@Command(
        name = "./sandbox",
        description = "etcd, PostgreSQL, Kafka and Connect on this machine, with the connectors between them.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            DemoCommand.class,
            ChaosCommand.class,
            UpCommand.class,
            DownCommand.class,
            StatusCommand.class,
            EnvCommand.class,
            SqlCommand.class,
            EtcdctlCommand.class,
            TopicCommand.class,
            KillCommand.class,
            StopCommand.class,
            ContCommand.class,
            StartCommand.class,
            CommandLine.HelpCommand.class
        })
public final class Main implements Runnable {
    @Spec
    private CommandSpec spec;

    private Main() {}

    @Override
    public void run() {
        spec.commandLine().usage(System.out);
    }

    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        CommandLine line = new CommandLine(new Main());
        // A key or value can begin with @, so @ must not mean a file of arguments.
        line.setExpandAtFiles(false);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setExecutionExceptionHandler((exception, command, parsed) -> {
            if (exception instanceof SandboxException || exception instanceof ServerException) {
                System.err.println("sandbox: " + exception.getMessage());
            } else {
                exception.printStackTrace();
            }
            return 1;
        });
        line.getSubcommands().get("etcdctl").setUnmatchedOptionsArePositionalParams(true);
        return line;
    }
}
