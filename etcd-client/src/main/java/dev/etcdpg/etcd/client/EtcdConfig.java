package dev.etcdpg.etcd.client;

import dev.etcdpg.core.Route;
import dev.etcdpg.core.config.RouteConfig;
import dev.etcdpg.core.config.Setting;
import dev.etcdpg.core.config.SettingGroup;
import dev.etcdpg.etcd.bookkeeping.BookkeepingKeys;
import dev.etcdpg.etcd.tls.TlsConfigException;
import dev.etcdpg.etcd.tls.TlsCredentials;
import dev.etcdpg.etcd.tls.TlsSettings;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.ClientBuilder;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.types.Password;
import org.jspecify.annotations.Nullable;

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
    private static final Pattern ENDPOINT = Pattern.compile("https?://[^/\\s,@?#]+:\\d{1,5}/?");

    private static final String FORM = "An endpoint must have the form http://host:2379, or https://host:2379 with TLS";

    private final AbstractConfig config;
    private final TlsSettings tlsSettings;
    private @Nullable TlsCredentials credentials;

    public EtcdConfig(AbstractConfig config) {
        this.config = config;
        this.tlsSettings = new TlsSettings(config);
    }

    /** Adds these settings to the settings of a connector. */
    public static ConfigDef define(ConfigDef def) {
        SettingGroup group = new SettingGroup(def, "etcd");
        group.add(
                        Setting.list(ENDPOINTS)
                                .validatedBy(ConfigDef.LambdaValidator.with(
                                        EtcdConfig::checkEndpoints,
                                        () -> "URLs like http://host:2379, or all like https://host:2379"))
                                .important()
                                .described(
                                        "Endpoints",
                                        "Client URLs of the etcd members as a comma-separated list, for example http://host:2379. With https:// the "
                                                + "connector uses TLS (1.2 or later). Either all URLs begin with https://, or none."))
                .add(Setting.text(USER)
                        .orElse(null)
                        .described("User", "etcd user. Without a user the connector does not authenticate."))
                .add(Setting.password(PASSWORD).orElse(null).described("Password", "Password of the etcd user."));
        TlsSettings.define(group);
        group.add(Setting.number(REQUEST_TIMEOUT_MS, 100, 600_000)
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
        if (endpoints.stream().map(EtcdConfig::isHttps).distinct().count() > 1) {
            throw new ConfigException(
                    name,
                    value,
                    "Either all endpoints begin with https://, or none: half of the connections would be in plain text");
        }
    }

    private static void checkEndpoint(String name, String endpoint) {
        if (endpoint.contains("://[")) {
            throw new ConfigException(
                    name,
                    endpoint,
                    "The etcd client does not understand addresses of IPv6. Use a host name that resolves to the address");
        }
        if (!ENDPOINT.matcher(endpoint).matches()) {
            throw new ConfigException(name, endpoint, FORM);
        }
        URI uri = uri(name, endpoint);
        if (uri.getHost() == null || uri.getPort() > 65_535) {
            throw new ConfigException(
                    name,
                    endpoint,
                    "The host name of an endpoint consists of letters, digits, - and ., and the port is at most 65535");
        }
    }

    private static boolean isHttps(Object endpoint) {
        return String.valueOf(endpoint).startsWith("https:");
    }

    private static URI uri(String name, String endpoint) {
        try {
            return new URI(endpoint);
        } catch (URISyntaxException e) {
            throw new ConfigException(name, endpoint, FORM);
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

    /** Returns whether there is a password without a user. Such a connector does not log in. */
    public boolean hasPasswordOnly() {
        Password password = config.getPassword(PASSWORD);
        return !hasUser() && password != null && !password.value().isEmpty();
    }

    public boolean hasUser() {
        String user = config.getString(USER);
        return user != null && !user.isEmpty();
    }

    /** Returns what the operator must do about a failure of the kind {@link EtcdFailure.Kind#UNAUTHENTICATED}. */
    public String adviceOnUser(EtcdFailure failure) {
        String message = String.valueOf(failure.getMessage());
        if (!hasUser()) {
            return "etcd requires a user. Set " + USER + " and " + PASSWORD + ".";
        } else if (message.contains(EtcdErrors.NO_AUTHENTICATION)) {
            return "etcd has no authentication, and " + USER + " is " + config.getString(USER) + ". Remove " + USER
                    + " and " + PASSWORD + ", or enable authentication in etcd (etcdctl auth enable).";
        }
        return "etcd does not accept the user " + config.getString(USER) + " or the password (" + message
                + "). Correct " + USER + " and " + PASSWORD + ".";
    }

    /**
     * Returns the certificates for connections to etcd; empty if the endpoints are http URLs. The files are read at the first call.
     *
     * @throws TlsConfigException if a setting of TLS or one of its files cannot be used
     */
    public synchronized Optional<TlsCredentials> tls() {
        if (!isHttps(endpoints().get(0))) {
            tlsSettings.requireNone();
            return Optional.empty();
        }
        if (credentials == null) {
            credentials = TlsCredentials.load(tlsSettings);
        }
        return Optional.of(credentials);
    }

    /**
     * Creates a client that the caller must close. It connects at its first call. Calls wait while etcd is unavailable: give each call a
     * deadline of {@link #requestTimeout()}.
     *
     * @throws TlsConfigException if a setting of TLS or one of its files cannot be used
     */
    public Client newClient() {
        ClientBuilder builder = Client.builder()
                .endpoints(config.getList(ENDPOINTS).toArray(String[]::new))
                .maxInboundMessageSize(MAX_INBOUND_BYTES)
                .interceptor(new LargeWatchResponses(), new RangeResponses())
                .keepaliveTime(Duration.ofSeconds(10))
                .keepaliveTimeout(Duration.ofSeconds(5))
                .keepaliveWithoutCalls(false);
        tls().ifPresent(tls -> {
            tls.refresh();
            builder.sslContext(tls.sslContext()).interceptor(tls);
        });
        tlsSettings.serverName().ifPresent(builder::authority);
        String user = config.getString(USER);
        Password password = config.getPassword(PASSWORD);
        if (user != null && !user.isEmpty()) {
            builder.user(ByteSequence.from(user, StandardCharsets.UTF_8))
                    .password(ByteSequence.from(password == null ? "" : password.value(), StandardCharsets.UTF_8));
        }
        return builder.build();
    }
}
