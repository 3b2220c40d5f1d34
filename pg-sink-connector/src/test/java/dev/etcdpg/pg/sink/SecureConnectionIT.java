package dev.etcdpg.pg.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.etcdpg.testing.kit.SecurePostgres;
import dev.etcdpg.testing.kit.TestSinkContext;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigValue;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** The sink connects with TLS, a client certificate and SCRAM, also to install its tables. */
class SecureConnectionIT {

    @AutoClose
    private static final SecurePostgres POSTGRES = SecurePostgres.started();

    @Test
    void installsAndWorksOverTls() {
        String database = POSTGRES.server().newDatabase("secure");
        Map<String, String> settings = POSTGRES.settings(database);
        settings.put("etcd.prefix", "/k/");
        settings.put("topics", "etcd.etcd");
        assertThat(errors(settings)).isEmpty();
        PostgresSinkTask task = new PostgresSinkTask();
        task.initialize(new TestSinkContext(Map.of()));
        task.start(settings);
        try {
            task.open(List.of(new TopicPartition("etcd.etcd", 0)));
            task.put(List.of());
            assertThat(POSTGRES.server()
                            .query(
                                    database,
                                    "select distinct s.ssl || ' ' || s.client_dn from pg_stat_activity a join pg_stat_ssl s using (pid)"
                                            + " where usename = '" + SecurePostgres.ROLE + "'"))
                    .containsExactly("true /CN=mutual");
            assertThat(POSTGRES.server().query(database, "select route from etcd_sync.etcd_route"))
                    .containsExactly("etcd");
        } finally {
            task.stop();
        }
    }

    @Test
    void anUnknownAuthorityIsNamed() {
        Map<String, String> settings = POSTGRES.settings("postgres");
        settings.put(
                "connection.url",
                POSTGRES.url("postgres", POSTGRES.otherAuthority().certificate(), POSTGRES.client()));
        settings.put("etcd.prefix", "/k/");
        settings.put("topics", "etcd.etcd");
        assertThat(errors(settings)).singleElement().asString().contains("no authority that the connector trusts");
    }

    private static List<String> errors(Map<String, String> settings) {
        return new PostgresSinkConnector()
                .validate(settings).configValues().stream()
                        .map(ConfigValue::errorMessages)
                        .flatMap(List::stream)
                        .toList();
    }
}
