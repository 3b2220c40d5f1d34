package dev.etcdpg.pg.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class TablesReferenceIT {

    private static final Path PAGE = Path.of("..", "docs", "tables.md");

    @Test
    void thePageSaysWhatTheCatalogHas() throws IOException {
        try (Db db = Db.migrated()) {
            db.run("select etcd_install('etcd', '/config/')");
            TablesReference reference = new TablesReference(db);
            String page = reference.write();
            if (System.getProperty("reference.update", "false").isEmpty() || Boolean.getBoolean("reference.update")) {
                Files.writeString(PAGE, page);
            }
            assertThat(reference.undescribed())
                    .as("each column has a COMMENT ON COLUMN")
                    .isEmpty();
            assertThat(PAGE).content().isEqualTo(page);
        }
    }
}
