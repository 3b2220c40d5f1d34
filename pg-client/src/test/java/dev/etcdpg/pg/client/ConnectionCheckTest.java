package dev.etcdpg.pg.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NoRouteToHostException;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The tests of the connectors cover checks that need a server. */
class ConnectionCheckTest {

    private static final String URL = "jdbc:postgresql://127.0.0.1:5432/app";

    private static PostgresConfig config(String url, String user) {
        Map<String, String> settings = new HashMap<>(Map.of(PostgresConfig.URL, url));
        if (user != null) {
            settings.put(PostgresConfig.USER, user);
        }
        return new PostgresConfig(new AbstractConfig(PostgresConfig.define(new ConfigDef()), settings));
    }

    @ParameterizedTest
    @CsvSource({
        "28P01, app, connection.password",
        "28P01, , connection.user",
        "28000, app, connection.user",
        "08001, app, connection.url",
        "3D000, , connection.url",
        ", app, connection.url"
    })
    void theErrorIsReportedAtTheWrongSetting(String state, String user, String setting) {
        assertThat(ConnectionFailure.setting(config(URL, user), new SQLException("failed", state)))
                .isEqualTo(setting);
    }

    @Test
    void withoutAUserTheMessageNamesTheSetting() {
        SQLException refused = new SQLException("password authentication failed for user \"root\"", "28P01");
        assertThat(ConnectionFailure.describe(config(URL, null), refused))
                .startsWith("connection.user is not set")
                .contains("root");
        assertThat(ConnectionFailure.describe(config(URL, "app"), refused)).isEqualTo(refused.getMessage());
        assertThat(ConnectionFailure.describe(config(URL + "?user=app", null), refused))
                .isEqualTo(refused.getMessage());
    }

    @Test
    void aFailureOfTheNetworkIsNamed() {
        assertThat(describe(new SocketTimeoutException("Connect timed out"))).contains("does not answer in time");
        assertThat(describe(new NoRouteToHostException("No route to host"))).contains("no route");
    }

    private static String describe(Exception cause) {
        return ConnectionFailure.describe(
                config(URL, "app"), new SQLException("The connection attempt failed.", "08001", cause));
    }

    @Test
    void aHostThatDoesNotResolveIsNamed() {
        ConfigValue url = new ConfigValue(PostgresConfig.URL);
        ConnectionCheck.check(
                config("jdbc:postgresql://db.invalid:5432/app", "app"), new Config(List.of(url)), c -> List.of());
        assertThat(url.errorMessages())
                .singleElement()
                .asString()
                .contains("host name db.invalid", "cannot be resolved");
    }

    /** The check runs on a thread of Connect that serves other connectors too. */
    @ParameterizedTest
    @ValueSource(strings = {"", "?loginTimeout=60&connectTimeout=60&socketTimeout=60"})
    void aServerThatNeverAnswersIsReportedSoon(String parameters) throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            ConfigValue url = new ConfigValue(PostgresConfig.URL);
            long begin = System.nanoTime();
            ConnectionCheck.check(
                    config("jdbc:postgresql://127.0.0.1:" + silent.getLocalPort() + "/app" + parameters, "app"),
                    new Config(List.of(url)),
                    c -> List.of());
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(8));
            assertThat(url.errorMessages()).singleElement().asString().containsAnyOf("timed out", "does not answer");
        }
    }
}
