package dev.etcdpg.pg.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SqlFaultsTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "08006", "08001", "40001", "40P01", "53300", "57P01", "57P03", "57014", "55P03", "58030", "25006",
                "0A000", "26000"
            })
    void passByThemselves(String state) {
        assertThat(SqlFaults.isTransient(new SQLException("x", state))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"28P01", "28000", "42501", "22023", "XX000"})
    void doNot(String state) {
        assertThat(SqlFaults.isTransient(new SQLException("x", state))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"3D000", "3F000", "42P01", "42883"})
    void meanThatSomethingIsNotThereYet(String state) {
        assertThat(SqlFaults.isMissing(new SQLException("x", state))).isTrue();
        assertThat(SqlFaults.isTransient(new SQLException("x", state))).isFalse();
    }
}
