package dev.etcdpg.tool;

import dev.etcdpg.tool.connect.TopicPositions;
import dev.etcdpg.tool.file.SyncFile;
import dev.etcdpg.tool.plan.DeploymentPlan;
import dev.etcdpg.tool.status.StatusReader;
import dev.etcdpg.tool.status.StatusReport;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
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
        name = "status",
        description = {
            "Shows how far both sides are behind each other, what waits, and whether the connectors run.",
            "Exit code 1: something does not work, and the last lines say what."
        },
        mixinStandardHelpOptions = true)
final class StatusCommand implements Callable<Integer> {

    private static final String CLEAR_SCREEN = "\u001b[H\u001b[2J";

    @Mixin
    private FileOptions options = new FileOptions();

    @Mixin
    private Output output = new Output();

    @Option(
            names = "--watch",
            arity = "0..1",
            fallbackValue = "2",
            paramLabel = "SECONDS",
            description = "Shows the state again and again, every 2 seconds or as given, until Ctrl-C.")
    private @Nullable Long watchSeconds;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        SyncFile file = options.read();
        DeploymentPlan plan = DeploymentPlan.of(file);
        try (TopicPositions kafka = file.kafka() == null ? null : FileOptions.positions(file)) {
            StatusReader reader = new StatusReader(
                    plan, file.connect() == null ? null : FileOptions.workers(file), kafka, Listing::row);
            StatusReport report = reader.read();
            print(report);
            while (watchSeconds != null) {
                // the period of a display
                Thread.sleep(Duration.ofSeconds(Math.max(1, watchSeconds)).toMillis());
                report = reader.read();
                print(report);
            }
            return report.problems().isEmpty() ? 0 : Main.FAILURE;
        }
    }

    private void print(StatusReport report) {
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        if (output.isJson()) {
            Output.print(out, report);
            return;
        }
        if (watchSeconds != null) {
            out.print(CLEAR_SCREEN);
        }
        if (!report.routes().isEmpty()) {
            out.println("From etcd to PostgreSQL:");
            out.println(Listing.table(columns(
                    report.routes(),
                    "route",
                    "prefix",
                    "mirrored_table",
                    "etcd_revision",
                    "applied_revision",
                    "revisions_behind",
                    "records_behind",
                    "seconds_behind",
                    "requests",
                    "last_snapshot")));
            out.println("From PostgreSQL to etcd:");
            out.println(Listing.table(columns(
                    report.routes(),
                    "route",
                    "pending_changes",
                    "inflight",
                    "held",
                    "oldest_pending_seconds",
                    "conflicts")));
        }
        if (!report.connectors().isEmpty()) {
            List<Map<String, @Nullable Object>> rows = new ArrayList<>();
            for (StatusReport.ConnectorLine line : report.connectors()) {
                Map<String, @Nullable Object> row = new LinkedHashMap<>();
                row.put("connector", line.name());
                row.put("state", line.state());
                row.put("tasks", String.join(", ", line.tasks()));
                rows.add(row);
            }
            out.println(Listing.table(rows));
        }
        report.deadLetters().forEach((topic, count) -> {
            if (count > 0) {
                out.println("Dead letters in " + topic + ": " + count);
            }
        });
        report.problems().forEach(problem -> out.println("! " + problem));
        out.flush();
    }

    private static List<Map<String, @Nullable Object>> columns(
            List<Map<String, @Nullable Object>> rows, String... names) {
        return rows.stream()
                .map(row -> {
                    Map<String, @Nullable Object> some = new LinkedHashMap<>();
                    for (String name : names) {
                        some.put(name, row.get(name));
                    }
                    return some;
                })
                .toList();
    }
}
