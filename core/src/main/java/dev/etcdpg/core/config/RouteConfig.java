package dev.etcdpg.core.config;

import dev.etcdpg.core.Route;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;

/** Settings that name the mirrored etcd prefixes: one prefix in {@value #PREFIX}, or several in {@value #ROUTES}. */
public final class RouteConfig {

    public static final String PREFIX = "etcd.prefix";
    public static final String ROUTES = "routes";

    /** Name of the route that {@value #PREFIX} defines. */
    public static final String DEFAULT_NAME = "etcd";

    private RouteConfig() {}

    /** Adds these settings to the settings of a connector. */
    public static ConfigDef define(ConfigDef def) {
        new SettingGroup(def, "Routes")
                .add(Setting.text(PREFIX)
                        .orElse("")
                        .important()
                        .described(
                                "etcd prefix",
                                "The mirrored etcd prefix, if there is only one. It becomes the route " + DEFAULT_NAME
                                        + ". For several prefixes set " + ROUTES
                                        + " instead. Only one of the two settings may be set."))
                .add(Setting.list(ROUTES)
                        .orElse(List.of())
                        .eachCheckedBy(RouteConfig::parse, "name=prefix pairs")
                        .important()
                        .described(
                                "Routes",
                                "Mirrored etcd prefixes as a comma-separated list of name=prefix, for example "
                                        + "app=/config/app/,svc=/services/. The name of a route is part of the names of its topics and "
                                        + "is the name of its table. No prefix may begin with another one."));
        return def;
    }

    /**
     * Returns the configured routes, at least one.
     *
     * @throws ConfigException if there is no route, both settings are set, a name is used twice, or a prefix begins with another one
     */
    public static List<Route> routes(AbstractConfig config) {
        List<Route> routes = new ArrayList<>();
        String prefix = config.getString(PREFIX);
        if (!prefix.isEmpty() && !config.getList(ROUTES).isEmpty()) {
            throw new ConfigException(PREFIX + " and " + ROUTES + " are both set. Remove " + PREFIX
                    + ". To mirror its prefix too, add " + DEFAULT_NAME + "=" + prefix + " to " + ROUTES + ".");
        }
        if (!prefix.isEmpty()) {
            routes.add(route(PREFIX, prefix, DEFAULT_NAME, prefix));
        }
        config.getList(ROUTES).forEach(entry -> routes.add(parse(entry)));
        if (routes.isEmpty()) {
            throw new ConfigException("No etcd prefix is configured. Set " + PREFIX + " or " + ROUTES + ".");
        }
        Set<String> names = new HashSet<>();
        for (Route route : routes) {
            if (!names.add(route.name())) {
                throw new ConfigException("Two routes have the name " + route.name() + ".");
            }
            for (Route other : routes) {
                if (!route.name().equals(other.name()) && route.prefix().startsWith(other.prefix())) {
                    throw new ConfigException(
                            "The prefix of route " + route.name() + " begins with the prefix of route " + other.name()
                                    + ". A key must belong to one route only.");
                }
            }
        }
        return List.copyOf(routes);
    }

    /** Returns warnings about prefixes that are probably shorter than they should be. */
    static List<String> warnings(Map<String, String> settings) {
        List<String> prefixes = new ArrayList<>();
        prefixes.add(settings.getOrDefault(PREFIX, ""));
        for (String entry : CommaList.of(settings, ROUTES)) {
            prefixes.add(entry.substring(entry.indexOf('=') + 1).strip());
        }
        List<String> warnings = new ArrayList<>();
        String written = settings.getOrDefault(PREFIX, "");
        if (!written.equals(written.strip())) {
            warnings.add("The spaces around the prefix \"" + written
                    + "\" are not part of it: Connect removes them. The prefix is \"" + written.strip() + "\".");
        }
        prefixes.stream()
                .map(String::strip)
                .filter(prefix ->
                        !prefix.isEmpty() && Character.isLetterOrDigit(prefix.codePointBefore(prefix.length())))
                .map(prefix -> "The prefix " + prefix
                        + " does not end with a separator. It also contains the keys of its neighbours, for example "
                        + prefix + "other/key. To mirror only the keys below it, set " + prefix + "/.")
                .forEach(warnings::add);
        return warnings;
    }

    private static Route parse(String entry) {
        int equals = entry.indexOf('=');
        if (equals < 0) {
            throw new ConfigException(ROUTES, entry, "A route must have the form name=prefix");
        }
        return route(
                ROUTES,
                entry,
                entry.substring(0, equals).strip(),
                entry.substring(equals + 1).strip());
    }

    private static Route route(String setting, String value, String name, String prefix) {
        try {
            return new Route(name, prefix);
        } catch (IllegalArgumentException e) {
            throw new ConfigException(setting, value, e.getMessage());
        }
    }
}
