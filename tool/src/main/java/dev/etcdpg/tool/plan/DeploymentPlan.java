package dev.etcdpg.tool.plan;

import dev.etcdpg.tool.file.SyncFile;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * All topics and connectors of a {@code sync.yaml}. Routes with equal options share a connector. The names of connectors follow from these
 * options alone, so a new route does not rename the connectors of the others.
 *
 * @param connectors in the order in which they are created
 */
public record DeploymentPlan(String name, List<ConnectorPlan> connectors, List<TopicPlan> topics) {

    /** Makes the plan of a file. */
    public static DeploymentPlan of(SyncFile file) {
        Names names = new Names(file.name());
        List<ConnectorPlan> connectors = new ConnectorPlanner(file, names).connectors();
        List<TopicPlan> topics = new ArrayList<>(new TopicPlanner(file, names).topics());
        return new DeploymentPlan(file.name(), connectors, topics);
    }

    /** Returns whether a connector of this name belongs to a file of this name: it may have been deployed from an older state of the file. */
    public boolean owns(String connector) {
        StringBuilder kinds = new StringBuilder();
        for (ConnectorKind kind : ConnectorKind.values()) {
            kinds.append(kinds.isEmpty() ? "" : "|").append(Pattern.quote(kind.suffix()));
        }
        return connector.matches(Pattern.quote(name) + "-(" + kinds + ")(-.+)?");
    }
}
