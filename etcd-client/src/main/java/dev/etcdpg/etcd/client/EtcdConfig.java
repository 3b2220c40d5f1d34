package dev.etcdpg.etcd.client;

import dev.etcdpg.core.Route;
import dev.etcdpg.core.config.RouteConfig;
import dev.etcdpg.core.config.Setting;
import dev.etcdpg.core.config.SettingGroup;
import dev.etcdpg.etcd.bookkeeping.BookkeepingKeys;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.ClientBuilder;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.types.Password;

/** Settings of the connection to etcd and of the connectors' own keys in etcd. */
public final class EtcdConfig {

    public static final String ENDPOINTS = "etcd.endpoints";
    public static final String USER = "etcd.user";
    public static final String PASSWORD = "etcd.password";
    public static final String REQUEST_TIMEOUT_MS = "etcd.request.timeout.ms";
    public static final String BOOKKEEPING_PREFIX = "bookkeeping.prefix";

    /**
     * Largest response that the client accepts. etcd sends the backlog of a watch that has fallen behind as one message (12 MB was seen), and a
     * client that refuses the message loses the watch. The limit is at most a quarter of the heap: a refused backlog is read again in pages,
     * but a message that does not fit into memory kills the worker. See also {@link LargeWatchResponses}.
     */
    private static final int MAX_INBOUND_BYTES =
            (int) Math.min(512L << 20, Math.max(64L << 20, Runtime.getRuntime().maxMemory() / 4));

    /** No user may stand in a URL, because URLs appear in logs and messages. */
    private static final Pattern ENDPOINT = Pattern.compile("http://[^/\\s,@?#]+:\\d{1,5}/?");

    private final AbstractConfig config;

    public EtcdConfig(AbstractConfig config) {
        this.config = config;
    }

    /** Adds these settings to the settings of a connector. */
    public static ConfigDef define(ConfigDef def) {
        new SettingGroup(def, "etcd")
                .add(Setting.list(ENDPOINTS)
                        .validatedBy(ConfigDef.LambdaValidator.with(
                                EtcdConfig::checkEndpoints, () -> "URLs like http://host:2379"))
                        .important()
                        .described(
                                "Endpoints",
                                "Client URLs of the etcd members as a comma-separated list, for example http://host:2379. TLS (https) is not "
                                        + "supported yet."))
                .add(Setting.text(USER)
                        .orElse(null)
                        .described("User", "etcd user. Without a user the connector does not authenticate."))
                .add(Setting.password(PASSWORD).orElse(null).described("Password", "Password of the etcd user."))
                .add(Setting.number(REQUEST_TIMEOUT_MS, 100, 600_000)
                        .orElse(5_000L)
                        .minor()
                        .described(
                                "Request timeout (ms)",
                                "Time after which a request to etcd without an answer has failed."))
                .add(
                        Setting.text(BOOKKEEPING_PREFIX)
                                .orElse(BookkeepingKeys.DEFAULT_PREFIX)
                                .matching(
                                        prefix -> prefix.length() >= 2 && prefix.endsWith("/"),
                                        "non-empty, ends with /")
                                .minor()
                                .described(
                                        "Bookkeeping prefix",
                                        "Prefix of the connectors' own keys in etcd: epoch, progress, answers and snapshot requests. The prefix "
                                                + "must not overlap with any route and must be the same for all connectors of an etcd cluster."));
        return def;
    }

    private static void checkEndpoints(String name, Object value) {
        if (!(value instanceof List<?> endpoints) || endpoints.isEmpty()) {
            throw new ConfigException(name, value, "At least one endpoint is required");
        }
        for (Object endpoint : endpoints) {
            checkEndpoint(name, String.valueOf(endpoint));
        }
    }

    private static void checkEndpoint(String name, String endpoint) {
        if (endpoint.regionMatches(true, 0, "https:", 0, 6)) {
            throw new ConfigException(
                    name,
                    endpoint,
                    "TLS is not supported yet, and the connector would send the user and the password in plain text. Use a client "
                            + "URL of etcd that begins with http://");
        } else if (!ENDPOINT.matcher(endpoint).matches()) {
            throw new ConfigException(name, endpoint, "An endpoint must have the form http://host:2379");
        }
        URI uri = uri(name, endpoint);
        if (uri.getHost() == null || uri.getPort() > 65_535) {
            throw new ConfigException(
                    name,
                    endpoint,
                    "The host name of an endpoint consists of letters, digits, - and ., and the port is at most 65535");
        }
    }

    private static URI uri(String name, String endpoint) {
        try {
            return new URI(endpoint);
        } catch (URISyntaxException e) {
            throw new ConfigException(name, endpoint, "An endpoint must have the form http://host:2379");
        }
    }

    /**
     * Returns the configured routes.
     *
     * @throws ConfigException in the cases of {@link RouteConfig#routes}, and if a route overlaps with the bookkeeping prefix
     */
    public List<Route> routes() {
        List<Route> routes = RouteConfig.routes(config);
        String own = bookkeepingKeys().prefix();
        for (Route route : routes) {
            if (own.startsWith(route.prefix()) || route.prefix().startsWith(own)) {
                throw new ConfigException("The prefix of route " + route.name() + " and " + BOOKKEEPING_PREFIX
                        + " overlap. The connectors must not mirror their own keys.");
            }
        }
        return routes;
    }

    public Duration requestTimeout() {
        return Duration.ofMillis(config.getLong(REQUEST_TIMEOUT_MS));
    }

    public BookkeepingKeys bookkeepingKeys() {
        return new BookkeepingKeys(config.getString(BOOKKEEPING_PREFIX));
    }

    public List<String> endpoints() {
        return config.getList(ENDPOINTS);
    }

    /** Returns the name of the etcd user for messages, or "(none)". */
    public String userForMessages() {
        return hasUser() ? config.getString(USER) : "(none)";
    }

    public boolean hasUser() {
        String user = config.getString(USER);
        return user != null && !user.isEmpty();
    }

    /**
     * Creates a client that the caller must close. It connects at its first call. Calls wait while etcd is unavailable: give each call a
     * deadline of {@link #requestTimeout()}.
     */
    public Client newClient() {
        ClientBuilder builder = Client.builder()
                .endpoints(config.getList(ENDPOINTS).toArray(String[]::new))
                .maxInboundMessageSize(MAX_INBOUND_BYTES)
                .interceptor(new LargeWatchResponses())
                .keepaliveTime(Duration.ofSeconds(10))
                .keepaliveTimeout(Duration.ofSeconds(5))
                .keepaliveWithoutCalls(false);
        String user = config.getString(USER);
        Password password = config.getPassword(PASSWORD);
        if (user != null && !user.isEmpty()) {
            builder.user(ByteSequence.from(user, StandardCharsets.UTF_8))
                    .password(ByteSequence.from(password == null ? "" : password.value(), StandardCharsets.UTF_8));
        }
        return builder.build();
    }
}
