package dev.etcdpg.tool;

import dev.etcdpg.tool.file.RouteEntry;
import dev.etcdpg.tool.file.SyncFile;
import dev.etcdpg.tool.plan.DeploymentPlan;
import dev.etcdpg.tool.store.Database;
import dev.etcdpg.tool.store.EtcdAccess;
import dev.etcdpg.tool.verify.Repair;
import dev.etcdpg.tool.verify.RouteReport;
import dev.etcdpg.tool.verify.Verifier;
import dev.etcdpg.tool.wait.Polling;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
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
        name = "verify",
        description = {
            "Compares etcd and PostgreSQL, key by key, also while both are being written.",
            "Each key is compared as of the revision that PostgreSQL has applied. Exit code 4: both sides differ."
        },
        mixinStandardHelpOptions = true)
final class VerifyCommand implements Callable<Integer> {

    private static final int SHOWN = 100;

    @Mixin
    private FileOptions options = new FileOptions();

    @Mixin
    private Output output = new Output();

    @Option(names = "--route", paramLabel = "NAME", description = "Compares this route only.")
    private @Nullable String onlyRoute;

    @Option(
            names = "--settle",
            paramLabel = "SECONDS",
            defaultValue = "10",
            description = "Time for which a key that differs is looked at again (default: 10).")
    private long settleSeconds;

    @Option(
            names = "--repair",
            description = "Makes PostgreSQL equal to etcd where they differ, and waits until they are equal.")
    private boolean repair;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "300",
            description = "Longest time to wait for a repair (default: 300).")
    private long timeoutSeconds;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        SyncFile file = options.read();
        DeploymentPlan plan = DeploymentPlan.of(file);
        List<RouteReport> reports = new ArrayList<>();
        try (Database database = Database.open(plan);
                EtcdAccess etcd = EtcdAccess.open(plan)) {
            Verifier verifier = new Verifier(database.connection(), etcd.gateway(), etcd.keys());
            for (RouteEntry route : file.routes()) {
                if (onlyRoute == null || onlyRoute.equals(route.name())) {
                    RouteReport report = verify(verifier, route.name(), Duration.ofSeconds(settleSeconds));
                    reports.add(repair && !report.isEqual() ? repaired(database, verifier, report) : report);
                }
            }
        }
        print(reports);
        return reports.stream().allMatch(RouteReport::isEqual) ? 0 : Main.DIFFERENT;
    }

    private RouteReport verify(Verifier verifier, String route, Duration settle) {
        try (KeyProgress progress = KeyProgress.of(route, output.isJson())) {
            return verifier.verify(route, settle, progress::stepTo);
        }
    }

    private RouteReport repaired(Database database, Verifier verifier, RouteReport found) {
        Repair steps = new Repair(
                database.connection(),
                Objects.requireNonNull(spec).commandLine().getErr()::println);
        steps.start(found);
        Duration half = Duration.ofSeconds(Math.max(1, timeoutSeconds / 2));
        RouteReport after = settled(verifier, found.route(), half);
        if (!after.isEqual()) {
            steps.start(after);
            steps.newEpoch(found.route());
            after = settled(verifier, found.route(), half);
        }
        return after;
    }

    private static RouteReport settled(Verifier verifier, String route, Duration atMost) {
        return Polling.until(
                atMost, RouteReport::isEqual, () -> verifier.verify(route, Duration.ofSeconds(5), keys -> {}));
    }

    private void print(List<RouteReport> reports) {
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        if (output.isJson()) {
            Output.print(out, Map.of("equal", reports.stream().allMatch(RouteReport::isEqual), "routes", reports));
            return;
        }
        for (RouteReport report : reports) {
            out.println(line(report));
            report.differences().stream()
                    .limit(SHOWN)
                    .forEach(difference -> out.println("  " + difference.key() + ": " + difference.sentence()));
            if (report.differences().size() > SHOWN) {
                out.println("  and " + (report.differences().size() - SHOWN) + " more; --json lists them all");
            }
        }
        if (reports.stream().anyMatch(report -> !report.isEqual()) && !repair) {
            out.println("To make PostgreSQL equal to etcd: etcd-pg verify --repair");
        }
    }

    private static String line(RouteReport report) {
        StringBuilder line = new StringBuilder(report.route())
                .append(": ")
                .append(report.keys())
                .append(" keys at revision ")
                .append(report.revision())
                .append(
                        report.isEqual()
                                ? ", equal"
                                : ", " + report.differences().size() + " differ");
        add(line, report.pending(), "pending");
        add(line, report.held(), "held");
        add(line, report.deadLetters(), "that PostgreSQL cannot hold");
        if (!report.isComplete()) {
            line.append("; the comparison ended early, because so many differ");
        }
        return line.toString();
    }

    private static void add(StringBuilder line, long number, String what) {
        if (number > 0) {
            line.append(", ").append(number).append(' ').append(what);
        }
    }
}
