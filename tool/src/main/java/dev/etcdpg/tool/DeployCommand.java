package dev.etcdpg.tool;

import dev.etcdpg.tool.connect.ConnectWorkers;
import dev.etcdpg.tool.connect.KafkaTopics;
import dev.etcdpg.tool.deploy.Deployment;
import dev.etcdpg.tool.deploy.Startup;
import dev.etcdpg.tool.deploy.Validation;
import dev.etcdpg.tool.file.Problem;
import dev.etcdpg.tool.file.ProblemsException;
import dev.etcdpg.tool.file.RouteEntry;
import dev.etcdpg.tool.file.SyncFile;
import dev.etcdpg.tool.plan.DeploymentPlan;
import dev.etcdpg.tool.plan.Difference;
import dev.etcdpg.tool.store.Database;
import dev.etcdpg.tool.store.FirstSnapshots;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "deploy",
        description = {
            "Creates or changes the topics and connectors of a file.",
            "Everything is validated first. If something is wrong, nothing is changed. Run again, the command changes only what differs."
        },
        mixinStandardHelpOptions = true)
final class DeployCommand implements Callable<Integer> {

    @Mixin
    private FileOptions options = new FileOptions();

    @Mixin
    private Output output = new Output();

    @Option(names = "--dry-run", description = "Validates, prints what would be changed, and changes nothing.")
    private boolean dryRun;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "Prints the topics and connectors instead: ${COMPLETION-CANDIDATES}. No server is asked.")
    private @Nullable ManifestFormat format;

    @Option(
            names = "--strimzi-cluster",
            paramLabel = "NAME",
            defaultValue = "connect",
            description = "With --format strimzi: name of the KafkaConnect resource (default: connect).")
    private String strimziCluster = "connect";

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "180",
            description =
                    "Longest time until all connectors run and the first snapshots are in PostgreSQL (default: 180)."
                            + " 0: do not wait.")
    private long timeoutSeconds;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        SyncFile file = options.read();
        DeploymentPlan plan = DeploymentPlan.of(file);
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        if (format != null) {
            out.print(format.print(plan, strimziCluster));
            out.flush();
            return 0;
        }
        ConnectWorkers workers = FileOptions.workers(file);
        try (KafkaTopics kafka = FileOptions.kafka(file)) {
            List<Problem> problems = new Validation(plan, workers, kafka).problems();
            if (!problems.isEmpty()) {
                throw new ProblemsException(problems);
            }
            deploy(file, plan, workers, kafka, out);
        }
        return 0;
    }

    private void deploy(
            SyncFile file, DeploymentPlan plan, ConnectWorkers workers, KafkaTopics kafka, PrintWriter out) {
        Deployment deployment = Deployment.compare(plan, workers, kafka);
        PrintWriter progress = Objects.requireNonNull(spec).commandLine().getErr();
        if (!dryRun) {
            deployment.apply(progress::println);
            if (timeoutSeconds > 0) {
                await(file, plan, workers, progress);
            }
        }
        print(deployment, out);
    }

    private void await(SyncFile file, DeploymentPlan plan, ConnectWorkers workers, PrintWriter progress) {
        List<String> routes = file.routes().stream().map(RouteEntry::name).toList();
        Duration atMost = Duration.ofSeconds(timeoutSeconds);
        try (Database database = Database.open(plan)) {
            FirstSnapshots snapshots = new FirstSnapshots(database);
            new Startup(workers, () -> snapshots.missing(routes), progress::println).await(plan, atMost);
        } catch (ProblemsException onlyTheWorkersKnowTheSecrets) {
            progress.println("Not waiting for the first snapshot, because this machine cannot connect to PostgreSQL. "
                    + onlyTheWorkersKnowTheSecrets.getMessage());
            new Startup(workers, List::of, progress::println).await(plan, atMost);
        }
    }

    private void print(Deployment deployment, PrintWriter out) {
        List<Difference> differences = deployment.differences();
        if (output.isJson()) {
            Output.print(out, Map.of("changed", !dryRun && deployment.isNeeded(), "differences", differences));
            return;
        }
        if (!deployment.isNeeded()) {
            out.println("Everything is as the file says. Nothing was changed.");
            return;
        }
        for (Difference difference : differences) {
            if (difference.isNeeded()) {
                out.println(difference.action().sign() + " "
                        + difference.subject().name().toLowerCase(Locale.ROOT) + " " + difference.name());
                if (difference.action() == Difference.Action.CHANGE) {
                    difference.details().forEach(line -> out.println("      " + line));
                }
            }
        }
        out.println(dryRun ? "Nothing was changed, because of --dry-run." : "Done. See the state with: etcd-pg status");
    }
}
