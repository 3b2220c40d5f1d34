package dev.etcdpg.testing.stack;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.etcdpg.testing.servers.Connect;
import dev.etcdpg.tool.connect.ClusterException;
import dev.etcdpg.tool.store.Database;
import dev.etcdpg.tool.store.EtcdAccess;
import dev.etcdpg.tool.verify.RouteReport;
import dev.etcdpg.tool.verify.Verifier;
import dev.etcdpg.tool.verify.VerifyException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigTransformer;
import org.apache.kafka.common.config.provider.FileConfigProvider;

/** Compares both sides of a stack as {@code etcd-pg verify} does, with the connections of the connectors. */
public final class StackVerification {
    private static final String ROUTE = "etcd";
    private static final Duration SETTLE = Duration.ofSeconds(5);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final TypeReference<Map<String, String>> SETTINGS = new TypeReference<>() {};

    private StackVerification() {}

    /** Returns a sentence for each key that differs, and for each reason why the sides cannot be compared; empty if they are equal. */
    public static List<String> differences(Connect connect) {
        try (Database database = Database.open(config(connect, "pg-sink"));
                EtcdAccess etcd = EtcdAccess.open(config(connect, "etcd-source"))) {
            RouteReport report =
                    new Verifier(database.connection(), etcd.gateway(), etcd.keys()).verify(ROUTE, SETTLE, keys -> {});
            List<String> sentences = new ArrayList<>();
            report.differences()
                    .forEach(difference -> sentences.add("verify: " + difference.key() + ": " + difference.sentence()));
            return sentences;
        } catch (VerifyException | ClusterException e) {
            return List.of("verify: " + e.getMessage());
        }
    }

    /** Returns a configuration with the secrets of a secured stack in place of their references. */
    private static Map<String, String> config(Connect connect, String connector) {
        try (FileConfigProvider files = new FileConfigProvider()) {
            files.configure(Map.of());
            Map<String, String> config = JSON.convertValue(connect.config(connector), SETTINGS);
            return new ConfigTransformer(Map.of("file", files))
                    .transform(config)
                    .data();
        }
    }
}
