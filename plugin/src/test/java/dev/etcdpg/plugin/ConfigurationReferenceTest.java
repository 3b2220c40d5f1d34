package dev.etcdpg.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.etcdpg.etcd.sink.EtcdSinkConnector;
import dev.etcdpg.etcd.source.EtcdSourceConnector;
import dev.etcdpg.pg.sink.PostgresSinkConnector;
import dev.etcdpg.pg.source.PostgresNotifySourceConnector;
import dev.etcdpg.transforms.RevisionFilter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.junit.jupiter.api.Test;

class ConfigurationReferenceTest {

    private static final Path PAGE = Path.of("..", "docs", "configuration.md");

    @Test
    void thePageEqualsTheDefinitions() throws IOException {
        Map<String, ConfigDef> definitions = new LinkedHashMap<>();
        definitions.put(EtcdSourceConnector.class.getName(), new EtcdSourceConnector().config());
        definitions.put(PostgresSinkConnector.class.getName(), new PostgresSinkConnector().config());
        definitions.put(PostgresNotifySourceConnector.class.getName(), new PostgresNotifySourceConnector().config());
        definitions.put(EtcdSinkConnector.class.getName(), new EtcdSinkConnector().config());
        definitions.put(RevisionFilter.class.getName(), RevisionFilter.CONFIG_DEF);
        String page = ConfigurationReference.write(definitions);
        if (Boolean.getBoolean("reference.update") || "".equals(System.getProperty("reference.update"))) {
            Files.writeString(PAGE, page);
        }
        assertThat(PAGE).content().isEqualTo(page);
    }
}
