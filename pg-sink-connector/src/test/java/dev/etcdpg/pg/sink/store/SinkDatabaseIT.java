package dev.etcdpg.pg.sink.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.etcdpg.core.Route;
import dev.etcdpg.pg.client.PostgresConfig;
import dev.etcdpg.pg.client.SqlFaults;
import dev.etcdpg.testing.servers.FaultProxy;
import dev.etcdpg.testing.servers.Postgres;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SinkDatabaseIT {

    private final Postgres postgres = Postgres.shared();

    private SinkDatabase through(FaultProxy link, String more, Duration networkTimeout) {
        String url =
                postgres.jdbcUrl(postgres.newDatabase("vanished")).replace(":" + postgres.port(), ":" + link.port());
        PostgresConfig config = new PostgresConfig(new AbstractConfig(
                PostgresConfig.define(new ConfigDef()),
                Map.of(
                        PostgresConfig.URL,
                        url + more,
                        PostgresConfig.USER,
                        postgres.user(),
                        PostgresConfig.PASSWORD,
                        postgres.password())));
        return new SinkDatabase(
                config,
                networkTimeout,
                "sink",
                List.of(new Route("k", "/k/")),
                new Installation(true, "public", ExistingRows.ENQUEUE));
    }

    /** The machine lost power: no packet closes the connection. */
    @ParameterizedTest(name = "\"{0}\" in the URL, {1} s by default")
    @CsvSource(value = {"'', 1", "'?socketTimeout=1', 3600"})
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void theNetworkTimeoutEndsAWaitForASilentServer(String more, long networkTimeout) throws SQLException {
        try (FaultProxy link = FaultProxy.to(postgres.port());
                SinkDatabase database = through(link, more, Duration.ofSeconds(networkTimeout))) {
            SinkSession session = database.session();
            session.checkConstraintsNow();
            link.swallow();
            assertThatThrownBy(session::checkConstraintsNow)
                    .isInstanceOfSatisfying(SQLException.class, e -> assertThat(SqlFaults.isTransient(e))
                            .isTrue());
            database.disconnect();
            link.heal();
            database.session().checkConstraintsNow();
        }
    }
}
