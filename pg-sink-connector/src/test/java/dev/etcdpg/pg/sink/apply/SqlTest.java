package dev.etcdpg.pg.sink.apply;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SqlTest {

    /** It failed as a "recursive update" where the statement and the statement on the table fell into the same bin of the map. */
    @Test
    void aStatementOnATableCanBeTheFirstOfItsName() {
        String table = IntStream.range(0, 1_000_000)
                .mapToObj(i -> "t" + i)
                .filter(name -> bin("insert_rows " + name) == bin("insert_rows"))
                .findFirst()
                .orElseThrow();
        assertThat(Sql.on(table, "insert_rows")).contains(table).doesNotContain("${table}");
    }

    /** Where ConcurrentHashMap puts a key, as long as it has at most 4,096 bins. */
    private static int bin(String key) {
        int hash = key.hashCode();
        return (hash ^ hash >>> 16) & 0xfff;
    }
}
