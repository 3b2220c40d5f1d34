package dev.etcdpg.tool;

import dev.etcdpg.tool.connect.ConnectWorkers;
import dev.etcdpg.tool.connect.KafkaTopics;
import dev.etcdpg.tool.deploy.Removal;
import dev.etcdpg.tool.file.SyncFile;
import dev.etcdpg.tool.plan.DeploymentPlan;
import dev.etcdpg.tool.plan.TopicPlan;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "remove",
        description = "Removes the connectors of a file, and says what stays.",
        mixinStandardHelpOptions = true)
final class RemoveCommand implements Callable<Integer> {

    @Mixin
    private FileOptions options = new FileOptions();

    @Mixin
    private Output output = new Output();

    @Option(names = "--topics", description = "Deletes the topics too, with the dead letters and conflicts in them.")
    private boolean topics;

    @Option(names = "--dry-run", description = "Prints what would be removed, and removes nothing.")
    private boolean dryRun;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        SyncFile file = options.read();
        DeploymentPlan plan = DeploymentPlan.of(file);
        ConnectWorkers workers = FileOptions.workers(file);
        Removal removal = new Removal(plan, workers);
        List<String> connectors = removal.connectors();
        PrintWriter progress = Objects.requireNonNull(spec).commandLine().getErr();
        if (!dryRun) {
            removal.removeConnectors(progress::println);
            if (topics) {
                try (KafkaTopics kafka = FileOptions.kafka(file)) {
                    removal.deleteTopics(kafka, progress::println);
                }
            }
        }
        print(file, plan, connectors, Objects.requireNonNull(spec).commandLine().getOut());
        return 0;
    }

    private void print(SyncFile file, DeploymentPlan plan, List<String> connectors, PrintWriter out) {
        List<String> stays = stays(file, plan);
        if (output.isJson()) {
            Output.print(out, Map.of("removed", dryRun ? List.of() : connectors, "stays", stays));
            return;
        }
        out.println(
                connectors.isEmpty()
                        ? "No connector of this file exists."
                        : (dryRun ? "Would be removed: " : "Removed: ") + String.join(", ", connectors) + ".");
        out.println("What stays:");
        stays.forEach(line -> out.println("  " + line));
    }

    private List<String> stays(SyncFile file, DeploymentPlan plan) {
        String tables = file.routes().stream()
                .map(route -> route.schema() + "." + route.name())
                .collect(Collectors.joining(", "));
        return List.of(
                "PostgreSQL: the tables " + tables
                        + " with their triggers, and the bookkeeping schema. Changes made in SQL"
                        + " wait there. docs/operations.md, \"Remove a mirror\", has the SQL that removes them.",
                "etcd: all keys, and the connectors' own keys below the bookkeeping prefix.",
                "Kafka: the offsets of the connectors"
                        + (topics
                                ? "."
                                : ", and the topics "
                                        + plan.topics().stream()
                                                .map(TopicPlan::name)
                                                .collect(Collectors.joining(", "))
                                        + ". --topics deletes the topics."));
    }
}
