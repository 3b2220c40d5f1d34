package dev.etcdpg.tool.deploy;

import dev.etcdpg.tool.connect.ConnectWorkers;
import dev.etcdpg.tool.connect.KafkaTopics;
import dev.etcdpg.tool.plan.DeploymentPlan;
import dev.etcdpg.tool.plan.TopicPlan;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;

/** Removes the connectors of a file. Data stays, unless the user asks for the topics to be deleted too. */
public final class Removal {

    private final DeploymentPlan plan;
    private final ConnectWorkers workers;

    public Removal(DeploymentPlan plan, ConnectWorkers workers) {
        this.plan = plan;
        this.workers = workers;
    }

    /** Returns the connectors that exist, those first that write last: local changes are no longer taken before the mirror stops. */
    public List<String> connectors() {
        List<String> names = new ArrayList<>(
                workers.connectors().stream().filter(plan::owns).sorted().toList());
        Collections.reverse(names);
        return names;
    }

    /** Removes the connectors. */
    public void removeConnectors(Consumer<String> progress) {
        for (String name : connectors()) {
            progress.accept("removing the connector " + name);
            workers.delete(name);
        }
    }

    /** Deletes the topics of the plan that exist. */
    public void deleteTopics(KafkaTopics kafka, Consumer<String> progress) {
        List<String> existing = List.copyOf(
                kafka.existing(plan.topics().stream().map(TopicPlan::name).toList())
                        .keySet());
        if (!existing.isEmpty()) {
            progress.accept("deleting the topics " + String.join(", ", existing));
            kafka.delete(existing);
        }
    }
}
