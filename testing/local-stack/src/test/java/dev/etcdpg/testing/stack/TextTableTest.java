package dev.etcdpg.testing.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class TextTableTest {

    @Test
    void columnsAreAligned() {
        TextTable table = new TextTable(List.of("key", "value"))
                .row(Arrays.asList("a", null))
                .row(List.of("longer", "two\nlines"));
        assertThat(table)
                .hasToString(
                        """
                 key    | value
                --------+------------
                 a      |
                 longer | two\\nlines
                """);
    }
}
