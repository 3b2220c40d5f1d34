package dev.etcdpg.pg.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The tests of the connectors cover checks that need a server. */
class ConnectionCheckTest {

    @Test
    void theErrorIsReportedAtTheWrongSetting() {
        assertThat(ConnectionCheck.setting("28P01")).isEqualTo(PostgresConfig.PASSWORD);
        assertThat(ConnectionCheck.setting("28000")).isEqualTo(PostgresConfig.USER);
        assertThat(ConnectionCheck.setting("08001")).isEqualTo(PostgresConfig.URL);
        assertThat(ConnectionCheck.setting("3D000")).isEqualTo(PostgresConfig.URL);
        assertThat(ConnectionCheck.setting(null)).isEqualTo(PostgresConfig.URL);
    }
}
