package dev.etcdpg.etcd.check;

import dev.etcdpg.core.Route;
import dev.etcdpg.core.config.ConfigErrors;
import dev.etcdpg.core.config.RouteConfig;
import dev.etcdpg.etcd.client.EndpointDiagnosis;
import dev.etcdpg.etcd.client.EndpointDiagnosis.Finding;
import dev.etcdpg.etcd.client.EtcdConfig;
import dev.etcdpg.etcd.client.EtcdFailure;
import dev.etcdpg.etcd.client.EtcdGateway;
import dev.etcdpg.etcd.kv.KeySpan;
import dev.etcdpg.etcd.tls.TlsConfigException;
import dev.etcdpg.etcd.tls.TlsCredentials;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigException;

/**
 * Checks the settings together: whether the routes are compatible, whether etcd answers, and whether the user has the permissions that the
 * connector needs. Each error is reported at the setting that the user must correct. The check changes nothing in etcd.
 */
public final class EtcdConnectionCheck {

    /** Access of a connector to the keys of its routes. Every connector reads and writes the bookkeeping keys. */
    public enum RouteAccess {
        READ,
        READ_WRITE
    }

    private final EtcdConfig settings;
    private final RouteAccess access;
    private final String routesSetting;
    private final Config report;

    private EtcdConnectionCheck(AbstractConfig settings, RouteAccess access, Config report) {
        this.settings = new EtcdConfig(settings);
        this.access = access;
        this.routesSetting = settings.getList(RouteConfig.ROUTES).isEmpty() ? RouteConfig.PREFIX : RouteConfig.ROUTES;
        this.report = report;
    }

    /**
     * Runs the check.
     *
     * @param settings settings that are valid one by one
     * @param report receives the errors
     */
    public static void run(AbstractConfig settings, RouteAccess access, Config report) {
        new EtcdConnectionCheck(settings, access, report).run();
    }

    private void run() {
        List<Route> found;
        try {
            found = settings.routes();
        } catch (ConfigException e) {
            ConfigErrors.add(report, routesSetting, String.valueOf(e.getMessage()));
            return;
        }
        if (settings.hasPasswordOnly()) {
            ConfigErrors.add(
                    report,
                    EtcdConfig.USER,
                    EtcdConfig.PASSWORD + " is set, and " + EtcdConfig.USER
                            + " is not, so the connector would not log in. Set both, or neither.");
            return;
        }
        if (!isTlsUsable()) {
            return;
        }
        try (EtcdGateway etcd = EtcdGateway.openForCall(settings)) {
            checkWrite(etcd, settings.bookkeepingKeys().prefix(), EtcdConfig.BOOKKEEPING_PREFIX);
            for (Route route : found) {
                if (access == RouteAccess.READ) {
                    checkRead(etcd, route.prefix(), routesSetting);
                } else {
                    checkWrite(etcd, route.prefix(), routesSetting);
                }
            }
        } catch (EtcdFailure e) {
            report(e);
        }
    }

    /** Greets each endpoint, because the etcd client would not say why TLS fails. One endpoint that accepts the greeting is enough. */
    private boolean isTlsUsable() {
        try {
            Optional<TlsCredentials> tls = settings.tls();
            if (tls.isEmpty()) {
                return true;
            }
            tls.get().requireValidCertificate();
            List<Finding> findings = EndpointDiagnosis.findings(settings);
            if (findings.stream().anyMatch(finding -> finding.setting().isEmpty())) {
                return true;
            }
            findings.forEach(
                    finding -> ConfigErrors.add(report, finding.setting().orElseThrow(), finding + "."));
        } catch (TlsConfigException e) {
            ConfigErrors.add(report, e.setting(), e.advice());
        }
        return false;
    }

    private void report(EtcdFailure failure) {
        switch (failure.kind()) {
            case UNAUTHENTICATED -> {
                String message = settings.adviceOnUser(failure);
                ConfigErrors.add(report, EtcdConfig.USER, message);
                ConfigErrors.add(report, EtcdConfig.PASSWORD, message);
            }
            case TRANSIENT ->
                ConfigErrors.add(report, EtcdConfig.ENDPOINTS, "etcd does not answer: " + failure.getMessage());
            default ->
                ConfigErrors.add(report, EtcdConfig.ENDPOINTS, "etcd refuses the check: " + failure.getMessage());
        }
    }

    private void checkRead(EtcdGateway etcd, String prefix, String setting) {
        try {
            etcd.range("reading " + prefix, KeySpan.prefix(prefix), 0, 1);
        } catch (EtcdFailure e) {
            reportDenied(e, setting, "read", prefix);
        }
    }

    private void checkWrite(EtcdGateway etcd, String prefix, String setting) {
        try {
            WritePermission.require(etcd, prefix);
        } catch (EtcdFailure e) {
            reportDenied(e, setting, "readwrite", prefix);
        }
    }

    private String user() {
        return settings.hasUser()
                ? "The etcd user " + settings.userForMessages()
                : "The connector has no etcd user (" + EtcdConfig.USER + "), and";
    }

    private void reportDenied(EtcdFailure failure, String setting, String permission, String prefix) {
        if (failure.kind() != EtcdFailure.Kind.DENIED) {
            throw failure;
        }
        ConfigErrors.add(
                report,
                setting,
                user() + " lacks the permission " + permission + " on prefix " + prefix
                        + ". Grant it to a role of the user.");
    }
}
