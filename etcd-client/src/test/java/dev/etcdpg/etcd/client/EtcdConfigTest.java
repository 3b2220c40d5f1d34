package dev.etcdpg.etcd.client;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EtcdConfigTest {

    private static AbstractConfig config(String endpoints) {
        return new AbstractConfig(EtcdConfig.define(new ConfigDef()), Map.of(EtcdConfig.ENDPOINTS, endpoints));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://etcd:2379",
                "http://etcd-1.example.org:2379/",
                "http://127.0.0.1:1,http://localhost:65535",
                "https://etcd:2379,https://etcd:2380/"
            })
    void anEndpointIsAUrlOfHostAndPort(String endpoints) {
        assertThatCode(() -> config(endpoints)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({
        "'http://etcd:2379,https://etcd:2380', 'Either all endpoints begin with https://, or none'",
        "Https://etcd:2379, http://host:2379",
        "https://user:pw@etcd:2379, https://host:2379",
        "http://user:pw@etcd:2379, http://host:2379",
        "etcd:2379, http://host:2379",
        "http://etcd, http://host:2379",
        "http://etcd:2379/path, http://host:2379",
        "http://etcd_1:2379, letters",
        "http://etcd:65536, at most 65535",
        "http://[::1]:2379, a host name that resolves to the address",
        "'https://etcd:2379,https://[2001:db8::1]:2379', a host name that resolves to the address",
        "'', At least one endpoint"
    })
    void anyOtherEndpointIsRefused(String endpoints, String message) {
        assertThatThrownBy(() -> config(endpoints))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("etcd.endpoints")
                .hasMessageContaining(message);
    }
}
