package dev.etcdpg.testing.chaos.nemesis;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.etcdpg.testing.servers.ServerException;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OperatorTest {

    @ParameterizedTest
    @CsvSource({
        "UNASSIGNED, RUNNING, RUNNING, UNASSIGNED",
        "RUNNING, RUNNING, UNASSIGNED, UNASSIGNED",
        "PAUSED, UNASSIGNED, PAUSED, UNASSIGNED",
        "RUNNING, PAUSED, RUNNING, PAUSED",
        "RUNNING, RUNNING, STOPPED, STOPPED",
    })
    void whatIsNotSo(String connector, String first, String second, String untrue) throws JsonProcessingException {
        assertThat(untrue(connector, first, second)).contains(untrue);
    }

    @ParameterizedTest
    @CsvSource({
        "RUNNING, RUNNING, RUNNING",
        "PAUSED, PAUSED, PAUSED",
        "RUNNING, FAILED, RUNNING",
        "FAILED, RUNNING, RUNNING"
    })
    void whatMayBeSo(String connector, String first, String second) throws JsonProcessingException {
        assertThat(untrue(connector, first, second)).isEmpty();
    }

    @Test
    void aLeaderThatCannotWriteSaysSo() {
        assertThat(Operator.isForWantOfPrivileges(new ServerException(
                        "POST …/restart answered 500: {\"error_code\":500,\"message\":\"Cannot produce to config topic without claiming"
                                + " write privileges first\"}",
                        null)))
                .isTrue();
        assertThat(Operator.isForWantOfPrivileges(new ServerException("PUT …/resume answered 409: rebalance", null)))
                .isFalse();
    }

    /** A stopped connector has no tasks. */
    @Test
    void needsNoTasks() throws JsonProcessingException {
        assertThat(Operator.untrue(new ObjectMapper()
                        .readTree("{'connector': {'state': 'STOPPED'}, 'tasks': []}".replace('\'', '"'))))
                .isEmpty();
    }

    private static Optional<String> untrue(String connector, String first, String second)
            throws JsonProcessingException {
        return Operator.untrue(new ObjectMapper()
                .readTree(
                        ("{'name': 'sink', 'connector': {'state': '%s'}, 'tasks': [{'id': 0, 'state': '%s'}, {'id': 1, 'state': '%s'}]}")
                                .formatted(connector, first, second)
                                .replace('\'', '"')));
    }
}
