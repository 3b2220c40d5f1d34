package dev.etcdpg.etcd.sink;

import dev.etcdpg.common.config.EtcdConfig;
import dev.etcdpg.common.config.RouteConfig;
import java.util.List;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigException;

/** Tries settings that are valid by themselves, and reports what is wrong at the setting to change. */
final class ConnectionCheck {

    private ConnectionCheck() {}

    static void check(EtcdSinkConfig settings, Config report) {
        try {
            settings.routes();
        } catch (ConfigException e) {
            boolean single = settings.getList(RouteConfig.ROUTES).isEmpty();
            complain(report, single ? RouteConfig.PREFIX : RouteConfig.ROUTES, e.getMessage());
            return;
        }
        EtcdConfig etcd = settings.etcd();
        try (EtcdStore store = new EtcdStore(etcd.newClient(), etcd.requestTimeout())) {
            store.read(List.of(Bytes.of(settings.keys().epoch())));
        } catch (EtcdFailure e) {
            switch (e.kind()) {
                case DENIED ->
                    complain(
                            report,
                            EtcdConfig.BOOKKEEPING_PREFIX,
                            "User " + settings.user() + " may not read "
                                    + settings.keys().epoch()
                                    + ": grant it readwrite on this prefix and on the routes.");
                case UNAUTHENTICATED -> {
                    complain(report, EtcdConfig.USER, "etcd does not let this user in: " + e.getMessage());
                    complain(report, EtcdConfig.PASSWORD, "etcd does not let this user in: " + e.getMessage());
                }
                default ->
                    complain(report, EtcdConfig.ENDPOINTS, "etcd at " + etcd.endpoints() + ": " + e.getMessage());
            }
        }
    }

    private static void complain(Config report, String setting, String message) {
        report.configValues().stream()
                .filter(value -> value.name().equals(setting))
                .forEach(value -> value.addErrorMessage(message));
    }
}
