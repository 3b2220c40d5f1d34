package dev.etcdpg.testing.protocol.ablation;

import static dev.etcdpg.testing.protocol.run.Flag.*;
import static org.assertj.core.api.Assertions.assertThat;

import dev.etcdpg.pg.schema.Migrations;
import dev.etcdpg.testing.protocol.history.Histories;
import dev.etcdpg.testing.protocol.history.History;
import dev.etcdpg.testing.protocol.postgres.server.RealDatabase;
import dev.etcdpg.testing.protocol.postgres.server.RealPostgres;
import dev.etcdpg.testing.protocol.run.Flag;
import dev.etcdpg.testing.protocol.world.Action;
import dev.etcdpg.testing.protocol.world.World;
import dev.etcdpg.testing.servers.Postgres;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.RandomGenerator;
import net.jqwik.api.sessions.JqwikSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Removes rules as {@link AblationTest} does, for rules in SQL: the test runs a file of the schema without the rule. Two rules are left out,
 * because they only save sends and no history fails without them: changes of one transaction count as one change, and a change to the value
 * that the mirror has is confirmed at once. {@code DispatchIT} in {@code pg-schema} tests both.
 */
class SqlAblationIT {

    /** A rule: its file and text, the text without the rule, the hazards, and the verdict of a history without the rule. */
    enum Rule {
        /** The base epoch of an absent key is the epoch of the last snapshot. */
        EPOCH_OF_THE_BASE("R__2_dispatch", "greatest($1, $3)", "$1", "for-ever", EPOCH, NO_APP),
        /** One change of a key is in flight. Without the rule, the next change replaces it at once. */
        ONE_IN_FLIGHT(
                "R__2_dispatch",
                new String[] {"and w.id > m.settled_id", "w on m.status is null", "when $1 is not null then $2"},
                new String[] {
                    "and w.id > greatest(m.settled_id, m.change_id)",
                    "w on m.next_action is null",
                    "when $2 is not null then $2"
                },
                "false-conflict",
                NO_APP),
        /** Only decided changes are removed from the pending changes. */
        NOTHING_VANISHES(
                "R__2_dispatch", "and y.id <= c.id offset 0", "offset 0", "unreported", NO_APP, TXN, FEW_VALUES),
        /** A refused change is sent again, based on the current mirrored revision. */
        NEW_BASE(
                "R__2_dispatch",
                "then m.base_revision else m.revision end",
                "then m.base_revision else case when n.id is null then m.base_revision else m.revision end end",
                "for-ever",
                POSTGRES_WINS,
                FEW_VALUES),
        /** Retention keeps the mirrored revision. Without the rule, it keeps nothing. */
        KEPT_REVISION(
                "R__5_history",
                new String[] {"k.place, o.epoch is not null", "bool_and(o.next_applied_at is not null"},
                new String[] {"k.place, true or o.epoch is not null", "bool_and(true or o.next_applied_at is not null"},
                "thrown",
                RETENTION,
                MANUAL),
        /** The trigger skips the sink's writes. */
        ECHO("R__1_capture", "= 'on' and pg_trigger_depth() = 1", "= 'never'", "invented", TXN);

        private final String file;
        private final String[] there;
        private final String[] without;
        private final String verdict;
        private final Set<Flag> flags;

        Rule(String file, String there, String without, String verdict, Flag... hazards) {
            this(file, new String[] {there}, new String[] {without}, verdict, hazards);
        }

        Rule(String file, String[] there, String[] without, String verdict, Flag... hazards) {
            this.file = file;
            this.there = there;
            this.without = without;
            this.verdict = verdict;
            this.flags = Flag.of(hazards);
        }

        private String sql() throws IOException {
            return changed(file, there, without);
        }
    }

    /** Returns a file of the schema with each of the texts {@code there} replaced by the text at the same index of {@code without}. */
    static String changed(String file, String[] there, String[] without) throws IOException {
        try (InputStream in =
                Migrations.class.getResourceAsStream("/dev/etcdpg/pg/schema/migration/" + file + ".sql")) {
            String sql = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            for (int i = 0; i < there.length; i++) {
                assertThat(sql).contains(there[i]);
                sql = sql.replace(there[i], without[i]);
            }
            return sql;
        }
    }

    private static RealDatabase whole;

    @BeforeAll
    static void begin() {
        whole = new RealDatabase(Postgres.shared());
    }

    @AfterAll
    static void end() throws SQLException {
        whole.close();
    }

    private static void mustEndWell(Rule rule, List<Action> history) {
        try (World world = new World(rule.flags, (run, authors) -> new RealPostgres(whole, run, authors))) {
            assertThat(History.run(world, history))
                    .as("violations with the rule")
                    .isEmpty();
        }
    }

    private static final int TRIES = Integer.getInteger("ablation.sql.tries", 100);

    @ParameterizedTest
    @EnumSource
    void historiesFailWithoutTheRule(Rule rule) throws Exception {
        try (RealDatabase database = new RealDatabase(Postgres.shared())) {
            database.change(rule.sql());
            JqwikSession.run(() -> {
                RandomGenerator<List<Action>> histories =
                        Histories.of(rule.flags, 40).generator(1_000);
                Random random = new Random(1);
                for (int i = 1; i <= TRIES; i++) {
                    try (World world =
                            new World(rule.flags, (run, authors) -> new RealPostgres(database, run, authors))) {
                        List<Action> history = histories.next(random).value();
                        List<String> wrong = History.run(world, history);
                        if (!wrong.isEmpty()) {
                            System.out.println("without " + rule + ": history " + i + " ends with " + wrong);
                        }
                        if (wrong.stream().anyMatch(what -> what.startsWith(rule.verdict))) {
                            mustEndWell(rule, history);
                            return;
                        }
                    }
                }
                assertThat(rule)
                        .as("no history of " + TRIES + " fails without this rule")
                        .isNull();
            });
        }
    }
}
