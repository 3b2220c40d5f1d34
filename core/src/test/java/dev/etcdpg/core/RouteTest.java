package dev.etcdpg.core;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RouteTest {

    private final Route route = new Route("etcd", "/a/");

    @Test
    void aRouteContainsTheKeysThatBeginWithItsPrefix() {
        for (String inside : new String[] {"/a/", "/a/b"}) {
            assertThat(route.contains(inside)).as(inside).isTrue();
            assertThat(route.contains(inside.getBytes(UTF_8))).as(inside).isTrue();
        }
        for (String outside : new String[] {"", "/a", "/b/a/", "/ab"}) {
            assertThat(route.contains(outside)).as(outside).isFalse();
            assertThat(route.contains(outside.getBytes(UTF_8))).as(outside).isFalse();
        }
        assertThat(route.contains(new byte[] {'/', 'a', '/', (byte) 0xff})).isTrue();
        assertThat(route.topic("pg")).isEqualTo("pg.etcd");
    }
}
