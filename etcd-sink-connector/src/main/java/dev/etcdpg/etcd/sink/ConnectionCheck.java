package dev.etcdpg.etcd.sink;

import dev.etcdpg.core.Route;
import dev.etcdpg.core.config.ConfigErrors;
import dev.etcdpg.core.config.RouteConfig;
import dev.etcdpg.etcd.client.EtcdConfig;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.PutOption;
import java.util.List;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigException;

/** Tries settings that are valid by themselves, and reports what is wrong at the setting to change. */
final class ConnectionCheck {

    private final EtcdSinkConfig settings;
    private final Config report;
    private final String routesSetting;

    private ConnectionCheck(EtcdSinkConfig settings, Config report) {
        this.settings = settings;
        this.report = report;
        this.routesSetting = settings.getList(RouteConfig.ROUTES).isEmpty() ? RouteConfig.PREFIX : RouteConfig.ROUTES;
    }

    static void check(EtcdSinkConfig settings, Config report) {
        new ConnectionCheck(settings, report).run();
    }

    private void run() {
        List<Route> routes;
        try {
            routes = settings.routes();
        } catch (ConfigException e) {
            ConfigErrors.add(report, routesSetting, e.getMessage());
            return;
        }
        EtcdConfig etcd = settings.etcd();
        try (EtcdStore store = new EtcdStore(etcd.newClient(), etcd.requestTimeout())) {
            tryToWrite(store, settings.keys().prefix(), EtcdConfig.BOOKKEEPING_PREFIX);
            routes.forEach(route -> tryToWrite(store, route.prefix(), routesSetting));
        } catch (EtcdFailure e) {
            if (e.kind() == EtcdFailure.Kind.UNAUTHENTICATED) {
                ConfigErrors.add(report, EtcdConfig.USER, "etcd does not let this user in: " + e.getMessage());
                ConfigErrors.add(report, EtcdConfig.PASSWORD, "etcd does not let this user in: " + e.getMessage());
            } else {
                ConfigErrors.add(report, EtcdConfig.ENDPOINTS, "etcd at " + etcd.endpoints() + ": " + e.getMessage());
            }
        }
    }

    /** etcd looks at the permissions of both branches of a transaction, and this one never takes the branch that writes. */
    private void tryToWrite(EtcdStore store, String prefix, String setting) {
        ByteSequence key = Bytes.of(prefix + "permission-check");
        Cmp never = new Cmp(key, Cmp.Op.GREATER, CmpTarget.modRevision(Long.MAX_VALUE));
        try {
            store.transaction(
                    List.of(never),
                    List.of(Op.put(key, ByteSequence.EMPTY, PutOption.DEFAULT)),
                    List.of(EtcdStore.getRevision(key)));
        } catch (EtcdFailure e) {
            if (e.kind() != EtcdFailure.Kind.DENIED) {
                throw e;
            }
            ConfigErrors.add(
                    report,
                    setting,
                    "etcd user " + settings.user() + " may not read and write below " + prefix
                            + ": grant it readwrite on this prefix.");
        }
    }
}
