package dev.etcdpg.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.etcdpg.core.Route;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;

class RouteConfigTest {

    private static List<Route> routes(String... settings) {
        Map<String, String> map = new HashMap<>();
        for (int i = 0; i < settings.length; i += 2) {
            map.put(settings[i], settings[i + 1]);
        }
        return RouteConfig.routes(new AbstractConfig(RouteConfig.define(new ConfigDef()), map, false));
    }

    @Test
    void onePrefixBecomesTheRouteEtcd() {
        assertThat(routes("etcd.prefix", "/a/")).containsExactly(new Route("etcd", "/a/"));
    }

    @Test
    void severalPrefixesHaveNames() {
        assertThat(routes("routes", "app=/a/, svc = /s=1/"))
                .containsExactly(new Route("app", "/a/"), new Route("svc", "/s=1/"));
    }

    @Test
    void mistakesAreNamed() {
        assertThatThrownBy(() -> routes()).hasMessageContaining("etcd.prefix").hasMessageContaining("routes");
        assertThatThrownBy(() -> routes("etcd.prefix", "/a/", "routes", "b=/b/"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("both set")
                .hasMessageContaining("etcd=/a/");
        assertThatThrownBy(() -> routes("routes", "/a/"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("name=prefix");
        assertThatThrownBy(() -> routes("routes", "=/a/"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("route name");
        assertThatThrownBy(() -> routes("routes", "a=/a/,a=/b/")).hasMessageContaining("Two routes have the name a");
        assertThatThrownBy(() -> routes("routes", "a=/a/,b=/a/b/"))
                .hasMessageContaining("route b")
                .hasMessageContaining("route a");
        assertThatThrownBy(() -> routes("routes", "a=/a/b/,b=/a/")).hasMessageContaining("begins with");
        assertThatThrownBy(() -> routes("etcd.prefix", "/x\u0000y/"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("contains NUL");
        assertThatThrownBy(() -> routes("routes", "a=/" + "x".repeat(2_048)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("2048 bytes");
    }
}
