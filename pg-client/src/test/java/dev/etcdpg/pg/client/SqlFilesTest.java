package dev.etcdpg.pg.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SqlFilesTest {

    private final SqlFiles files = new SqlFiles(SqlFilesTest.class, "sql");

    @Test
    void commentsAreRemovedAndTheTableIsInserted() {
        SqlText text = files.get("keys", "\"public\".\"t\"");
        assertThat(text.jdbc())
                .isEqualTo("select t.key::text\n"
                        + "from \"public\".\"t\" t where t.route = ? and t.key = any(?) or t.route = ?");
        assertThat(text.places()).containsExactly("route", "keys", "route");
    }

    /** One text yields one prepared statement. */
    @Test
    void aFileIsReadOnce() {
        assertThat(files.get("keys", "t")).isSameAs(files.get("keys", "t"));
    }

    @Test
    void aMissingFileIsReported() {
        assertThatThrownBy(() -> files.get("nothing"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("nothing");
    }

    @Test
    void aPositionalParameterIsRefused() {
        assertThatThrownBy(() -> files.get("positional")).isInstanceOf(IllegalArgumentException.class);
    }
}
