package dev.etcdpg.tool;

import dev.etcdpg.tool.plan.DeploymentPlan;
import dev.etcdpg.tool.plan.Manifests;

/** What {@code deploy --format} prints. The names are those on the command line. */
enum ManifestFormat {
    /** One JSON document, with the bodies to post to /connectors. */
    json {
        @Override
        String print(DeploymentPlan plan, String strimziCluster) {
            return Manifests.json(plan);
        }
    },
    /** Resources of Strimzi: KafkaTopic and KafkaConnector. */
    strimzi {
        @Override
        String print(DeploymentPlan plan, String strimziCluster) {
            return Manifests.strimzi(plan, strimziCluster);
        }
    };

    abstract String print(DeploymentPlan plan, String strimziCluster);
}
