package dev.etcdpg.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.etcdpg.it.HostileTally.End;
import dev.etcdpg.sandbox.TopicReader;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** Thousands of keys, values and records that could be mangled, lost or in the way: each arrives byte for byte, or is a dead letter. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class HostileInputIT {
    private static final long SEED = Long.getLong("it.seed", 20_261_121);
    private static final int ENOUGH = 2_000;

    private static final HostileTally TALLY = new HostileTally();
    private static HostileSystem system;
    private static TopicReader topics;
    private static List<HostileEntry> inEtcd;
    private static List<HostileEntry> inPostgres;

    @BeforeAll
    static void fillEtcd() {
        system = new HostileSystem(Sides.shared(), HostileSystem.unused(null));
        topics = new TopicReader(system.sides.stack.kafka().bootstrap());
        System.out.println("seed " + SEED + ", " + system.name);
        inEtcd = HostileCorpus.generate(system.prefix + "e/", SEED);
        inPostgres = HostileCorpus.generate(system.prefix + "p/", SEED + 1);
        assertThat(inEtcd).hasSizeGreaterThan(ENOUGH);
        assertThat(inPostgres).hasSizeGreaterThan(ENOUGH);
        system.etcd.put(inEtcd);
    }

    @AfterAll
    static void tell() {
        System.out.println(TALLY.table());
        system.close();
    }

    @Test
    @Order(1)
    void theFirstSnapshotBringsEachKeyOrADeadLetter() {
        system.start();
        account("etcd, by snapshot: ", inEtcd, List.of());
    }

    @Test
    @Order(2)
    void theWatchBringsEachKeyOrADeadLetter() {
        List<DeadLetter> before = unrepresentable();
        List<HostileEntry> changed = HostileCorpus.rotated(inEtcd);
        system.etcd.put(changed);
        account("etcd, by watch: ", changed, before);
    }

    @Test
    @Order(3)
    void whatIsWrittenInPostgresArrivesOrIsRefusedAtTheStatement() {
        Map<HostileEntry, String> refused = system.table.upsert(inPostgres);
        system.awaitEqual();
        Map<String, RawEtcd.Held> there = system.etcd.all(system.prefix + "p/");
        for (HostileEntry entry : inPostgres) {
            String label = label(entry);
            assertThat(refused.containsKey(entry)).as(label).isEqualTo(!entry.fits());
            if (entry.fits()) {
                assertThat(there.remove(entry.key()).value().equals(entry.value()))
                        .as(label)
                        .isTrue();
                TALLY.count("PostgreSQL: " + entry.kind(), End.MIRRORED);
            } else {
                assertThat(refused.get(entry)).as(label).isNotBlank();
                TALLY.count("PostgreSQL: " + entry.kind(), End.REFUSED);
            }
        }
        assertThat(there).as("what nobody wrote").isEmpty();
    }

    /** Each entry has its row, or one letter that came since. */
    private static void account(String where, List<HostileEntry> entries, List<DeadLetter> before) {
        Map<String, RawEtcd.Held> there = system.etcd.all(system.prefix);
        long unfit = entries.stream().filter(entry -> !entry.fits()).count();
        system.awaitEqual();
        await("dead letters").until(() -> unrepresentable().size() >= before.size() + unfit);
        Map<String, List<DeadLetter.Unrepresentable>> byKey = unrepresentable().stream()
                .filter(letter -> before.stream()
                        .noneMatch(old -> old.record().offset()
                                        == letter.record().offset()
                                && old.record().partition() == letter.record().partition()))
                .map(DeadLetter::unrepresentable)
                .collect(Collectors.groupingBy(DeadLetter.Unrepresentable::key, HashMap::new, Collectors.toList()));
        Map<String, RawEtcd.Held> rows = system.table.all();
        for (HostileEntry entry : entries) {
            String label = label(entry);
            RawEtcd.Held held = there.get(entry.key());
            if (entry.fits()) {
                assertThat(rows.get(entry.key()).equals(held)).as(label).isTrue();
                assertThat(byKey.get(entry.key())).as(label).isNull();
                TALLY.count(where + entry.kind(), End.MIRRORED);
            } else {
                assertThat(rows.get(entry.key())).as(label).isNull();
                List<DeadLetter.Unrepresentable> mine = byKey.remove(entry.key());
                assertThat(mine).as(label).hasSize(1);
                assertThat(mine.get(0).value().equals(entry.value())).as(label).isTrue();
                assertThat(mine.get(0).revision()).as(label).isEqualTo(held.modRevision());
                assertThat(mine.get(0).reason()).as(label).isNotBlank();
                TALLY.count(where + entry.kind(), End.DEAD_LETTER);
            }
        }
        assertThat(byKey.keySet()).as("letters of nothing that was sent").isEmpty();
    }

    private static List<DeadLetter> unrepresentable() {
        return DeadLetter.all(topics, system.unrepresentable());
    }

    /** Never a value. */
    private static String label(HostileEntry entry) {
        String key = HostileEntry.text(entry.key());
        return entry.kind() + ", key " + key.substring(0, Math.min(100, key.length()));
    }
}
