package dev.etcdpg.etcd.source;

import dev.etcdpg.core.Route;
import dev.etcdpg.core.config.ConfigErrors;
import dev.etcdpg.core.config.RouteConfig;
import dev.etcdpg.etcd.client.EtcdConfig;
import java.util.Map;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigException;

/** Checks what single settings can not tell: that routes go together, that etcd answers, and that it lets us in. */
final class ConnectionTrial {

    private final Map<String, String> properties;

    ConnectionTrial(Map<String, String> properties) {
        this.properties = properties;
    }

    /** Adds errors to the settings that they are about. Does nothing if there are errors already. */
    Config annotate(Config config) {
        if (!ConfigErrors.isValid(config)) {
            return config;
        }
        EtcdSourceConfig settings;
        try {
            settings = new EtcdSourceConfig(properties);
            settings.routes();
        } catch (ConfigException e) {
            boolean many = !properties.getOrDefault(RouteConfig.ROUTES, "").isBlank();
            ConfigErrors.add(config, many ? RouteConfig.ROUTES : RouteConfig.PREFIX, e.getMessage());
            return config;
        }
        try (EtcdConnection etcd = new EtcdConnection(settings.etcd())) {
            tryAll(config, settings, etcd);
        }
        return config;
    }

    private static void tryAll(Config config, EtcdSourceConfig settings, EtcdConnection etcd) {
        try {
            reader(settings, etcd).state();
            reader(settings, etcd).tryToWrite(settings.etcd().bookkeepingKeys().epoch());
        } catch (EtcdFailure e) {
            if (e.kind() != EtcdFailure.Kind.DENIED) {
                ConfigErrors.add(
                        config,
                        EtcdConfig.ENDPOINTS,
                        "etcd does not answer at " + settings.etcd().endpoints() + ": " + e.getMessage());
            } else if (e.getMessage().contains("permission denied")) {
                ConfigErrors.add(
                        config,
                        EtcdConfig.BOOKKEEPING_PREFIX,
                        "etcd does not let this user read and write here: grant its role readwrite on the prefix.");
            } else {
                ConfigErrors.add(config, EtcdConfig.USER, "etcd does not accept the user: " + e.getMessage());
            }
            return;
        }
        for (Route route : settings.routes()) {
            try {
                reader(settings, etcd).page(KeySpan.prefix(route.prefix()), 0, 1);
            } catch (EtcdFailure e) {
                ConfigErrors.add(
                        config,
                        route.prefix().equals(settings.getString(RouteConfig.PREFIX))
                                ? RouteConfig.PREFIX
                                : RouteConfig.ROUTES,
                        "Can not read " + route.prefix() + " of route " + route.name() + ": " + e.getMessage());
            }
        }
    }

    /** One for each attempt: none waits for the failure of another. */
    private static EtcdReader reader(EtcdSourceConfig settings, EtcdConnection etcd) {
        return new EtcdReader(
                etcd, settings.etcd().bookkeepingKeys(), settings.etcd().requestTimeout(), Patience.ofOneTrial());
    }
}
