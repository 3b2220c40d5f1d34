package dev.etcdpg.pg.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** Covers every SQLSTATE that PostgreSQL documents, up to version 18. */
class SqlFaultsTest {

    private enum Meaning {
        TRANSIENT,
        MISSING,
        DATA,
        WAIT
    }

    private static Stream<Arguments> states() {
        return Stream.of(
                        of(
                                """
                                08000 08003 08006 08001 08004 08007 08P01
                                25006 25P03 25P04 26000 42P05
                                40000 40001 40003 40P01
                                53000 53100 53200 53300 53400
                                55006
                                57000 57P01 57P02 57P03 57P04 57P05
                                58000 58030 58P01 58P02 58P03
                                72000
                                """,
                                Meaning.TRANSIENT),
                        of("55P03 57014", Meaning.TRANSIENT, Meaning.WAIT),
                        of("3D000", Meaning.TRANSIENT, Meaning.MISSING),
                        of("3F000 42P01 42883", Meaning.MISSING),
                        of(
                                """
                                22000 2202E 22021 22008 22012 22005 2200B 22022 22015 2201E 22014 22016 2201F 2201G 22018 22007 22019 2200D 22025
                                22P06 22010 22023 22013 2201B 2201W 2201X 2202H 2202G 22009 2200C 2200G 22004 22002 22003 2200H 22026 22001 22011
                                22027 22024 2200F 22P01 22P02 22P03 22P04 22P05 2200L 2200M 2200N 2200S 2200T 22030 22031 22032 22033 22034 22035
                                22036 22037 22038 22039 2203A 2203B 2203C 2203D 2203E 2203F 2203G
                                23000 23001 23502 23503 23505 23514 23P01
                                40002
                                44000
                                54000 54001 54011 54023
                                P0000 P0001 P0002 P0003 P0004
                                """,
                                Meaning.DATA),
                        of(
                                """
                                00000 01000 0100C 01008 01003 01007 01006 01004 01P01 02000 02001 03000 09000
                                0A000 0B000 0F000 0F001 0L000 0LP01 0P000 0Z000 0Z002 10608 20000 21000 24000
                                25000 25001 25002 25008 25003 25004 25005 25007 25P01 25P02
                                27000 28000 28P01 2B000 2BP01 2D000 2F000 2F005 2F002 2F003 2F004 34000
                                38000 38001 38002 38003 38004 39000 39001 39004 39P01 39P02 39P03 3B000 3B001
                                42000 42601 42501 42846 42803 42P20 42P19 42830 42602 42622 42939 42804 42P18 42P21 42P22 42809 428C9
                                42703 42P02 42704 42701 42P03 42P04 42723 42P06 42P07 42712 42710 42702 42725 42P08 42P09
                                42P10 42611 42P11 42P12 42P13 42P14 42P15 42P16 42P17
                                55000 55P02 55P04
                                F0000 F0001
                                HV000 HV005 HV002 HV010 HV021 HV024 HV007 HV008 HV004 HV006 HV091 HV00B HV00C HV00D HV090 HV00A HV009 HV014 HV001
                                HV00P HV00J HV00K HV00Q HV00R HV00L HV00M HV00N
                                XX000 XX001 XX002
                                """))
                .flatMap(s -> s);
    }

    private static Stream<Arguments> of(String states, Meaning... meanings) {
        Set<Meaning> all = EnumSet.noneOf(Meaning.class);
        all.addAll(Set.of(meanings));
        return Stream.of(states.trim().split("\\s+")).map(state -> Arguments.of(state, all));
    }

    @ParameterizedTest
    @MethodSource("states")
    void eachSqlstateHasItsClass(String state, Set<Meaning> meanings) {
        assertThat(meanings(new SQLException("x", state))).isEqualTo(meanings);
        assertThat(meanings(server(state, "SomeRoutine", null))).isEqualTo(meanings);
    }

    @Test
    void noSqlstateIsListedTwice() {
        assertThat(states().map(row -> row.get()[0])).doesNotHaveDuplicates();
    }

    /** The server reports SQLSTATE 0A000 for both. */
    @Test
    void anAlteredTableIsTransientAndAMissingFeatureIsNot() {
        assertThat(SqlFaults.isTransient(server("0A000", "RevalidateCachedQuery", null)))
                .isTrue();
        assertThat(SqlFaults.isTransient(server("0A000", "transformLockingClause", null)))
                .isFalse();
        assertThat(SqlFaults.isTransient(new SQLException("x", "0A000"))).isFalse();
    }

    /** An administrator keeps everybody out for a while: alter database … with allow_connections false. */
    @Test
    void aDatabaseThatAllowsNoConnectionsIsTransient() {
        assertThat(SqlFaults.isTransient(server("55000", "CheckMyDatabase", null)))
                .isTrue();
        assertThat(SqlFaults.isTransient(server("55000", "other", null))).isFalse();
    }

    /** The server reports SQLSTATE 54000 for both. */
    @Test
    void aFullQueueOfNotificationsIsTransientAndAValueTooLargeForAnIndexIsNot() {
        SQLException full = new PSQLException(new ServerErrorMessage(
                "SERROR\0C54000\0Mtoo many notifications in the NOTIFY queue\0Fasync.c\0RPreCommit_Notify\0"));
        assertThat(meanings(full)).containsExactly(Meaning.TRANSIENT);
        assertThat(meanings(server("54000", "_bt_check_third_page", null))).containsExactly(Meaning.DATA);
    }

    @Test
    void anErrorWithoutSqlstateIsTransient() {
        assertThat(meanings(new SQLException("x"))).containsExactly(Meaning.TRANSIENT);
        assertThat(meanings(new SQLException("x", ""))).isEmpty();
    }

    @Test
    void theDetailIsHiddenBecauseItContainsTheRow() {
        assertThat(SqlFaults.describe(server("23514", "ExecConstraints", "short")))
                .isEqualTo("refused (SQLSTATE 23514, constraint short)")
                .doesNotContain("secret");
        assertThat(SqlFaults.describe(server("42501", "aclcheck_error", null))).isEqualTo("refused (SQLSTATE 42501)");
        assertThat(SqlFaults.describe(new SQLException("gone", "08006"))).isEqualTo("gone");
    }

    @Test
    void aMessageThatMayQuoteAValueIsHidden() {
        assertThat(shown(server("22P02", "pg_strtoint32", null))).isEqualTo("SQLSTATE 22P02");
        assertThat(shown(server("23514", "ExecConstraints", "short"))).isEqualTo("SQLSTATE 23514, constraint short");
        SQLException raised = new PSQLException(
                new ServerErrorMessage("SERROR\0C40001\0Mbad hunter2\0Fpl_exec.c\0Rexec_stmt_raise\0"));
        assertThat(shown(raised)).isEqualTo("SQLSTATE 40001");
        assertThat(SqlFaults.withoutValues(raised).getSQLState()).isEqualTo("40001");
        assertThat(shown(new SQLException("bad hunter2", "P0001", raised))).isEqualTo("SQLSTATE P0001");
        assertThat(shown(within("42601"))).isEqualTo("SQLSTATE 42601");
        assertThat(shown(within("42703"))).isEqualTo("SQLSTATE 42703");
        for (SQLException kept : List.of(
                within("42P01"),
                within("42501"),
                server("42601", "scanner_yyerror", null),
                server("42501", "aclcheck_error", null),
                server("40P01", "DeadLockReport", null),
                new SQLException("gone", "08006"),
                new SQLException("gone"))) {
            assertThat(SqlFaults.withoutValues(kept) == kept).isTrue();
        }
    }

    @Test
    void onlyTheHintOfAnOwnFunctionRemains() {
        assertThat(shown(raisedIn("etcd_check_row()"))).isEqualTo("SQLSTATE 23514. Hint: Write key and value only.");
        assertThat(shown(raisedIn("public.etcd_check_row()"))).isEqualTo("SQLSTATE 23514");
        assertThat(shown(raisedIn("application()"))).isEqualTo("SQLSTATE 23514");
        assertThat(shown(raisedIn("etcd_check_rows()"))).isEqualTo("SQLSTATE 23514");
    }

    private static SQLException raisedIn(String function) {
        return new PSQLException(
                new ServerErrorMessage("SERROR\0C23514\0Mbad hunter2\0HWrite key and value only.\0WPL/pgSQL function "
                        + function + " line 9 at RAISE\nSQL statement \"update\"\0Fpl_exec.c\0Rexec_stmt_raise\0"));
    }

    /** For example {@code execute 'update … ' || new.value} in a trigger. */
    private static SQLException within(String state) {
        return new PSQLException(new ServerErrorMessage("SERROR\0C" + state
                + "\0Msyntax error at or near hunter2\0WPL/pgSQL function application() line 1 at EXECUTE\0Fscan.l\0"));
    }

    private static String shown(SQLException e) {
        SQLException shown = SqlFaults.withoutValues(e);
        return shown.getMessage() + (shown.getCause() == null ? "" : " with a cause");
    }

    private static Set<Meaning> meanings(SQLException e) {
        Set<Meaning> found = EnumSet.noneOf(Meaning.class);
        if (SqlFaults.isTransient(e)) {
            found.add(Meaning.TRANSIENT);
        }
        if (SqlFaults.isMissing(e)) {
            found.add(Meaning.MISSING);
        }
        if (SqlFaults.isData(e)) {
            found.add(Meaning.DATA);
        }
        if (SqlFaults.isWait(e)) {
            found.add(Meaning.WAIT);
        }
        return found;
    }

    /** Builds an error in the format of the wire protocol. */
    private static PSQLException server(String state, String routine, String constraint) {
        return new PSQLException(new ServerErrorMessage("SERROR\0C" + state + "\0Mrefused\0Dsecret row\0R" + routine
                + "\0" + (constraint == null ? "" : "n" + constraint + "\0")));
    }
}
