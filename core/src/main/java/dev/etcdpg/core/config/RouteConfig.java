package dev.etcdpg.core.config;

import dev.etcdpg.core.Route;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef.Width;
import org.apache.kafka.common.config.ConfigException;

/** Which etcd prefixes are mirrored, and under which names: one prefix in {@value #PREFIX}, or many in {@value #ROUTES}. */
public final class RouteConfig {

    public static final String PREFIX = "etcd.prefix";
    public static final String ROUTES = "routes";
    public static final String DEFAULT_NAME = "etcd";

    private static final String GROUP = "Routes";

    private RouteConfig() {}

    public static ConfigDef define(ConfigDef def) {
        return def.define(
                        PREFIX,
                        Type.STRING,
                        "",
                        Importance.HIGH,
                        "The etcd prefix, when there is one: a route named " + DEFAULT_NAME + ". Else set " + ROUTES
                                + ".",
                        GROUP,
                        1,
                        Width.MEDIUM,
                        "etcd prefix")
                .define(
                        ROUTES,
                        Type.LIST,
                        List.of(),
                        new RoutesValidator(),
                        Importance.HIGH,
                        "Routes as name=prefix, comma-separated: app=/config/app/,svc=/services/. A route's topics and its table are "
                                + "named after it. No prefix may begin with another.",
                        GROUP,
                        2,
                        Width.LONG,
                        "Routes");
    }

    /** @throws ConfigException if there is no route, a name is used twice, or a prefix begins with another */
    public static List<Route> routes(AbstractConfig config) {
        List<Route> routes = new ArrayList<>();
        String prefix = config.getString(PREFIX);
        if (!prefix.isEmpty()) {
            routes.add(new Route(DEFAULT_NAME, prefix));
        }
        config.getList(ROUTES).forEach(entry -> routes.add(parse(entry)));
        if (routes.isEmpty()) {
            throw new ConfigException("Set " + PREFIX + " or " + ROUTES + ": there is nothing to mirror.");
        }
        Set<String> names = new HashSet<>();
        for (Route route : routes) {
            if (!names.add(route.name())) {
                throw new ConfigException("Route " + route.name() + " is named twice.");
            }
            for (Route other : routes) {
                if (!route.name().equals(other.name()) && route.prefix().startsWith(other.prefix())) {
                    throw new ConfigException("The prefix of route " + route.name() + " begins with that of "
                            + other.name() + ": a key must belong to one route.");
                }
            }
        }
        return List.copyOf(routes);
    }

    private static Route parse(String entry) {
        int equals = entry.indexOf('=');
        if (equals < 0) {
            throw new ConfigException(ROUTES, entry, "a route is written name=prefix");
        }
        try {
            return new Route(
                    entry.substring(0, equals).strip(),
                    entry.substring(equals + 1).strip());
        } catch (IllegalArgumentException e) {
            throw new ConfigException(ROUTES, entry, e.getMessage());
        }
    }

    private static final class RoutesValidator implements ConfigDef.Validator {
        @Override
        public void ensureValid(String name, Object value) {
            if (value instanceof List<?> list) {
                list.forEach(entry -> parse(String.valueOf(entry)));
            }
        }

        @Override
        public String toString() {
            return "name=prefix pairs";
        }
    }
}
