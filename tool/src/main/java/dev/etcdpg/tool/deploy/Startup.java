package dev.etcdpg.tool.deploy;

import dev.etcdpg.tool.connect.ClusterException;
import dev.etcdpg.tool.connect.ConnectWorkers;
import dev.etcdpg.tool.connect.ConnectorStatus;
import dev.etcdpg.tool.plan.ConnectorPlan;
import dev.etcdpg.tool.plan.DeploymentPlan;
import dev.etcdpg.tool.wait.Polling;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Waits until a deployment works: all connectors run, and PostgreSQL has a whole snapshot of each route. */
public final class Startup {

    private final ConnectWorkers workers;
    private final Supplier<? extends Collection<String>> routesWithoutSnapshot;
    private final Consumer<String> progress;

    /**
     * @param routesWithoutSnapshot names the routes that PostgreSQL has no snapshot of; always empty if nobody can look
     * @param progress receives a line when what is waited for changes
     */
    public Startup(
            ConnectWorkers workers,
            Supplier<? extends Collection<String>> routesWithoutSnapshot,
            Consumer<String> progress) {
        this.workers = workers;
        this.routesWithoutSnapshot = routesWithoutSnapshot;
        this.progress = progress;
    }

    /**
     * Waits.
     *
     * @throws ClusterException if a connector or a task fails, or something is still missing after the time
     */
    public void await(DeploymentPlan plan, Duration atMost) {
        List<String> last = new ArrayList<>();
        List<String> missing = Polling.until(atMost, List::isEmpty, () -> {
            List<String> now = missing(plan);
            if (!now.isEmpty() && !now.equals(last)) {
                progress.accept("waiting for " + String.join(", ", now));
                last.clear();
                last.addAll(now);
            }
            return now;
        });
        if (!missing.isEmpty()) {
            throw new ClusterException("After " + atMost.toSeconds() + " s this is still missing: "
                    + String.join(", ", missing)
                    + ". The logs of the workers say what they wait for. etcd-pg status shows the state.");
        }
    }

    private List<String> missing(DeploymentPlan plan) {
        List<String> missing = new ArrayList<>();
        for (ConnectorPlan connector : plan.connectors()) {
            Optional<ConnectorStatus> status = workers.status(connector.name());
            status.flatMap(ConnectorStatus::failure).ifPresent(sentence -> {
                throw new ClusterException("The connector " + connector.name() + " has failed. " + sentence);
            });
            if (status.isEmpty() || !status.get().isRunning()) {
                missing.add(connector.name());
            }
        }
        if (missing.isEmpty()) {
            new TreeSet<>(routesWithoutSnapshot.get()).forEach(route -> missing.add("the first snapshot of " + route));
        }
        return missing;
    }
}
