package dev.etcdpg.etcd.client;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.ClientBuilder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef.Width;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.types.Password;

/** How to reach etcd, and where the connectors keep their own keys there. */
public final class EtcdConfig {

    public static final String ENDPOINTS = "etcd.endpoints";
    public static final String USER = "etcd.user";
    public static final String PASSWORD = "etcd.password";
    public static final String REQUEST_TIMEOUT_MS = "etcd.request.timeout.ms";
    public static final String BOOKKEEPING_PREFIX = "bookkeeping.prefix";

    /**
     * Above etcd's largest response to a watch that has fallen behind: its backlog comes as one message (12 MB was seen), and a client that
     * refuses it loses the watch. But no more than a quarter of the heap: what is refused is read again in pages, what does not fit kills
     * the worker.
     */
    private static final int MAX_INBOUND_BYTES =
            (int) Math.min(512L << 20, Math.max(64L << 20, Runtime.getRuntime().maxMemory() / 4));

    private static final String GROUP = "etcd";

    private final AbstractConfig config;

    public EtcdConfig(AbstractConfig config) {
        this.config = config;
    }

    public static ConfigDef define(ConfigDef def) {
        return def.define(
                        ENDPOINTS,
                        Type.LIST,
                        ConfigDef.NO_DEFAULT_VALUE,
                        new EndpointsValidator(),
                        Importance.HIGH,
                        "Client URLs of the etcd members, comma-separated: http://host:2379.",
                        GROUP,
                        1,
                        Width.LONG,
                        "Endpoints")
                .define(
                        USER,
                        Type.STRING,
                        null,
                        Importance.MEDIUM,
                        "etcd user. Without one the connector does not authenticate.",
                        GROUP,
                        2,
                        Width.MEDIUM,
                        "User")
                .define(
                        PASSWORD,
                        Type.PASSWORD,
                        null,
                        Importance.MEDIUM,
                        "Password of the etcd user.",
                        GROUP,
                        3,
                        Width.MEDIUM,
                        "Password")
                .define(
                        REQUEST_TIMEOUT_MS,
                        Type.LONG,
                        5_000L,
                        ConfigDef.Range.between(100, 600_000),
                        Importance.LOW,
                        "How long one request to etcd may take before it counts as failed.",
                        GROUP,
                        4,
                        Width.SHORT,
                        "Request timeout (ms)")
                .define(
                        BOOKKEEPING_PREFIX,
                        Type.STRING,
                        BookkeepingKeys.DEFAULT_PREFIX,
                        new BookkeepingPrefixValidator(),
                        Importance.LOW,
                        "Prefix of the keys that the connectors keep for themselves in etcd: the epoch, progress, answers and requests. "
                                + "It must be outside of every route and the same for all connectors of an etcd cluster.",
                        GROUP,
                        5,
                        Width.MEDIUM,
                        "Bookkeeping prefix");
    }

    public Duration requestTimeout() {
        return Duration.ofMillis(config.getLong(REQUEST_TIMEOUT_MS));
    }

    public BookkeepingKeys bookkeepingKeys() {
        return new BookkeepingKeys(config.getString(BOOKKEEPING_PREFIX));
    }

    public String endpoints() {
        return String.join(",", config.getList(ENDPOINTS));
    }

    /**
     * A client of its own; close it. It connects when it is first used. Calls wait while etcd is away: give each a deadline of {@link
     * #requestTimeout()}.
     */
    public Client newClient() {
        ClientBuilder builder = Client.builder()
                .endpoints(config.getList(ENDPOINTS).toArray(String[]::new))
                .maxInboundMessageSize(MAX_INBOUND_BYTES)
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

    private static final class EndpointsValidator implements ConfigDef.Validator {
        @Override
        public void ensureValid(String name, Object value) {
            if (!(value instanceof java.util.List<?> endpoints) || endpoints.isEmpty()) {
                throw new ConfigException(name, value, "at least one endpoint is needed");
            }
            for (Object endpoint : endpoints) {
                if (!String.valueOf(endpoint).matches("https?://[^/\\s,]+:\\d{1,5}/?")) {
                    throw new ConfigException(name, endpoint, "an endpoint looks like http://host:2379");
                }
            }
        }

        @Override
        public String toString() {
            return "URLs like http://host:2379";
        }
    }

    private static final class BookkeepingPrefixValidator implements ConfigDef.Validator {
        @Override
        public void ensureValid(String name, Object value) {
            if (!(value instanceof String prefix) || prefix.length() < 2 || !prefix.endsWith("/")) {
                throw new ConfigException(name, value, "it must end with a slash");
            }
        }

        @Override
        public String toString() {
            return "non-empty, ends with /";
        }
    }
}
