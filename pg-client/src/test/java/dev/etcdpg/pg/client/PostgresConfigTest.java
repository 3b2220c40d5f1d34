package dev.etcdpg.pg.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PostgresConfigTest {

    private static AbstractConfig config(Map<String, String> settings) {
        return new AbstractConfig(PostgresConfig.define(new ConfigDef()), settings);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:postgresql://db/app",
                "jdbc:postgresql://db:5432/app",
                "jdbc:postgresql:app",
                "jdbc:postgresql://a:5432,b:5432/app?targetServerType=primary",
                "jdbc:postgresql://[::1]:5432/app?user=sync@example.org",
                "jdbc:postgresql://db/app?sslmode=verify-full&sslrootcert=/etc/ca.crt&sslcert=/etc/a.crt&sslkey=/etc/a.key"
            })
    void aUrlNamesServerAndDatabase(String url) {
        assertThatCode(() -> config(Map.of(PostgresConfig.URL, url))).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:postgresql://db/app?password=open-sesame",
                "jdbc:postgresql://db/app?sslmode=require&PASSWORD=open-sesame",
                "jdbc:postgresql://db/app?sslpassword=open-sesame",
                "jdbc:postgresql://sync:open-sesame@db/app",
                "jdbc:postgresql://sync:open-sesame@db:5432/app",
                "jdbc:postgresql://a:5432,sync:open-sesame@b/app",
                "postgresql://sync:open-sesame@db/app"
            })
    void aUrlWithASecretIsRefusedAndNotShown(String url) {
        assertThatThrownBy(() -> config(Map.of(PostgresConfig.URL, url)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(PostgresConfig.URL)
                .hasMessageNotContaining("open-sesame");
    }

    /** The driver would ignore the parameter, and connect in plain text. */
    @ParameterizedTest
    @CsvSource({
        "ssmode=require, sslmode",
        "sockettimeout=5, socketTimeout",
        "targetServertype=primary, targetServerType"
    })
    void aMistypedParameterIsRefused(String parameter, String meant) {
        assertThatThrownBy(() ->
                        config(Map.of(PostgresConfig.URL, "jdbc:postgresql://db/app?ApplicationName=x&" + parameter)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(parameter.split("=")[0])
                .hasMessageContaining("Did you mean " + meant + "?");
    }

    @ParameterizedTest
    @CsvSource({
        "jdbc:postgresql://db:5432, must have the form",
        "jdbc:postgresql://db:99999/app, at most 65535",
        "jdbc:postgresql://db:5432/, names no database",
        "jdbc:postgresql://db:5432/?sslmode=require, names no database",
        "jdbc:postgresql://db/app?readOnly=true, the connector writes",
        "jdbc:postgresql://db/app?stringtype=unspecified, Remove the parameter"
    })
    void aUrlWithWhichTheConnectorCannotWorkIsRefused(String url, String message) {
        assertThatThrownBy(() -> config(Map.of(PostgresConfig.URL, url)))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith(PostgresConfig.URL)
                .hasMessageContaining(message);
    }

    @Test
    void secretsAreHidden() {
        AbstractConfig config = config(Map.of(
                PostgresConfig.URL,
                "jdbc:postgresql://db/app",
                PostgresConfig.PASSWORD,
                "open-sesame",
                PostgresConfig.KEY_PASSWORD,
                "open-barley"));
        assertThat(config.values().toString()).doesNotContain("open-");
        ConnectionFactory factory = new PostgresConfig(config).connections();
        assertThat(factory.password()).isEqualTo("open-sesame");
        assertThat(factory.keyPassword()).isEqualTo("open-barley");
        assertThat(factory.toString()).doesNotContain("open-");
    }
}
