package dev.etcdpg.pg.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class IdentifiersTest {

    @Test
    void quotesAreDoubled() {
        assertThat(Identifiers.quote("a\"b", "T")).isEqualTo("\"a\"\"b\".\"T\"");
    }
}
