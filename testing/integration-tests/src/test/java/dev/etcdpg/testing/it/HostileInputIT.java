package dev.etcdpg.testing.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.etcdpg.testing.it.HostileTally.End;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** Thousands of hostile keys, values and records. Each arrives byte for byte, or becomes a dead letter, and stops nothing. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class HostileInputIT {
    private static final long SEED = Long.getLong("it.seed", 20_261_121);
    private static final int ENOUGH = 2_000;
    /** The kinds of records in the topics. */
    private static final List<String> OF_ETCD = List.of(
            "event c", "event u", "event d", "event r", "unrepresentable", "manifest", "end", "answer", "heartbeat");

    private static final List<String> OF_POSTGRES = List.of("change", "probe", "request", "new_epoch", "heartbeat");

    private static final HostileTally TALLY = new HostileTally();
    private static HostileSystem system;
    private static HostileAccount account;
    private static List<HostileEntry> inEtcd;
    private static List<HostileEntry> inPostgres;

    @BeforeAll
    static void fillEtcd() {
        system = new HostileSystem(Sides.shared(), HostileSystem.unused());
        account = new HostileAccount(system, TALLY);
        System.out.println("seed " + SEED + ", " + system.name);
        inEtcd = HostileCorpus.generate(system.prefix + "e/", SEED);
        inPostgres = HostileCorpus.generate(system.prefix + "p/", SEED + 1);
        assertThat(inEtcd).hasSizeGreaterThan(ENOUGH);
        assertThat(inPostgres.stream().filter(HostileEntry::fits))
                .as("what the connectors see of it: PostgreSQL itself refuses what is not UTF-8")
                .hasSizeGreaterThan(ENOUGH);
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
        account.ofEntries("etcd, by snapshot: ", inEtcd, List.of());
    }

    @Test
    @Order(2)
    void theWatchBringsEachKeyOrADeadLetter() {
        List<DeadLetterRecord> before = account.unrepresentable();
        List<HostileEntry> changed = HostileCorpus.rotated(inEtcd);
        system.etcd.put(changed);
        account.ofEntries("etcd, by watch: ", changed, before);
    }

    @Test
    @Order(3)
    void whatIsWrittenInPostgresArrivesOrIsRefusedAtTheStatement() {
        account.ofStatements(inPostgres, system.table.upsert(inPostgres));
    }

    @Test
    @Order(4)
    void whatIsUpdatedAndDeletedInPostgresArrives() {
        List<HostileEntry> held = inPostgres.stream().filter(HostileEntry::fits).toList();
        List<HostileEntry> changed = HostileCorpus.rotated(held);
        system.table.update(changed);
        account.ofRows(changed);
        List<HostileEntry> deleted = new ArrayList<>();
        List<HostileEntry> kept = new ArrayList<>();
        for (int i = 0; i < changed.size(); i++) {
            (i % 3 == 0 ? deleted : kept).add(changed.get(i));
        }
        system.table.delete(deleted.stream().map(HostileEntry::key).toList());
        account.ofRows(kept);
        // The same keys come back. For etcd they are new keys.
        assertThat(system.table.upsert(deleted)).isEmpty();
        account.ofRows(changed);
        changed.forEach(entry -> TALLY.count("PostgreSQL: updated", End.MIRRORED));
        deleted.forEach(entry -> TALLY.count("PostgreSQL: deleted", End.MIRRORED));
        deleted.forEach(entry -> TALLY.count("PostgreSQL: inserted again", End.MIRRORED));
    }

    /** Any hostile key can be the last key of a page, and so a bound of a manifest. */
    @Test
    @Order(5)
    void aSnapshotAfterACompactionRemovesAndAddsExactlyWhatChanged() {
        List<DeadLetterRecord> before = account.unrepresentable();
        system.sides.stop(system.connector("etcd-source"));
        List<String> deleted = new ArrayList<>();
        List<HostileEntry> changed = new ArrayList<>();
        for (int i = 0; i < inEtcd.size(); i += 4) {
            deleted.add(inEtcd.get(i).key());
            changed.add(inEtcd.get(Math.min(i + 1, inEtcd.size() - 1)));
        }
        system.etcd.delete(deleted);
        system.etcd.put(changed);
        system.etcd.compact();
        system.sides.resume(system.connector("etcd-source"));
        account.ofEntries("etcd, by snapshot after a gap: ", changed, before);
        assertThat(system.table.all()).doesNotContainKeys(deleted.toArray(String[]::new));
        List<DeadLetterRecord> reported = account.unrepresentable();
        system.table.execute("select etcd_sync.etcd_resync('" + system.prefix + "')");
        await("a snapshot").until(() -> system.table.number("select count(*) from etcd_sync.etcd_request") == 0);
        account.ofEntries("", List.of(), reported);
    }

    @Test
    @Order(6)
    void theLargestValueIsMirroredAndOneByteMoreIsRefused() {
        String key = system.prefix + "largest/etcd";
        // A key of the same length outside of the route.
        String outside = key.replace("hostile", "outside");
        int fits = 1_500_000;
        int tooLarge = 1_600_000;
        while (tooLarge - fits > 1) {
            int middle = (fits + tooLarge) / 2;
            if (system.etcd.put(outside, "\u0001".repeat(middle), 0)) {
                fits = middle;
            } else {
                tooLarge = middle;
            }
        }
        System.out.printf("largest value that etcd takes for a key of %d bytes: %,d%n", key.length(), fits);
        assertThat(system.etcd.put(key, "\u0001".repeat(fits), 0)).isTrue();
        assertThat(system.etcd.put(key + "!", "\u0001".repeat(fits), 0)).isFalse();
        TALLY.count("etcd: the largest value", End.MIRRORED);
        TALLY.count("etcd: one byte more", End.REFUSED);

        String inTable = system.prefix + "largest/sql";
        int most = 1_571_840 - 3 * inTable.length();
        HostileEntry largest = new HostileEntry("", inTable, "\u0002".repeat(most));
        HostileEntry more = new HostileEntry("", inTable + 2, "\u0002".repeat(most - 2));
        assertThat(system.table.upsert(List.of(largest))).isEmpty();
        assertThat(system.table.upsert(List.of(more)).get(more)).contains("too large for etcd");
        system.awaitEqual();
        assertThat(system.etcd.all(key).get(key).value()).hasSize(fits);
        assertThat(system.etcd.all(inTable).get(inTable).value()).hasSize(most);
        TALLY.count("PostgreSQL: the largest value", End.MIRRORED);
        TALLY.count("PostgreSQL: one byte more", End.REFUSED);
    }

    @Test
    @Order(7)
    void aLeaseThatEndsTakesTheRowWithIt() {
        String expires = system.prefix + "lease/expires";
        String kept = system.prefix + "lease/kept";
        long shortLived = system.etcd.grant(5);
        long longLived = system.etcd.grant(3_600);
        system.etcd.put(expires, "for a while", shortLived);
        system.etcd.put(kept, "first for a while", shortLived);
        system.etcd.put(kept, "then for longer", longLived);
        await("the row").until(() -> system.table.all().containsKey(expires));
        system.table.upsert(List.of(new HostileEntry("", kept, "changed in PostgreSQL")));
        await("the end of the lease").until(() -> !system.table.all().containsKey(expires));
        system.awaitEqual();
        assertThat(system.table.all().get(kept).lease()).isEqualTo(longLived);
        assertThat(system.etcd.all(kept).get(kept)).isEqualTo(system.table.all().get(kept));
        TALLY.count("etcd: keys with leases", End.MIRRORED);
        TALLY.count("etcd: keys with leases", End.MIRRORED);
        system.etcd.revoke(longLived);
        await("the end of the other").until(() -> !system.table.all().containsKey(kept));
    }

    @Test
    @Order(8)
    void keysOutsideThePrefixStayWhereTheyAre() {
        String bare = system.prefix.substring(0, system.prefix.length() - 1);
        List<String> outside = List.of(
                bare,
                bare + "0",
                bare + "-",
                bare.toUpperCase(java.util.Locale.ROOT) + "/a",
                " " + system.prefix + "a",
                "/" + system.prefix + "a",
                bare + "\\a",
                HostileEntry.of(bare + "\u2215a"),
                "a");
        outside.forEach(key -> system.etcd.put(key, "elsewhere"));
        for (String key : outside) {
            HostileEntry entry = new HostileEntry("", key, "elsewhere");
            assertThat(system.table.upsert(List.of(entry)).get(entry)).as(key).contains("outside of route");
            TALLY.count("PostgreSQL: keys outside the prefix", End.REFUSED);
            TALLY.count("etcd: keys outside the prefix", End.WITHOUT_EFFECT);
        }
        system.awaitEqual();
        assertThat(system.table.all()).doesNotContainKeys(outside.toArray(String[]::new));
        system.etcd.delete(outside);
    }

    /** An insert in PostgreSQL overwrites a value that PostgreSQL cannot hold. Then both sides have the row. */
    @Test
    @Order(9)
    void aRowOverwritesAValueThatPostgresCannotHold() {
        String key = system.prefix + "overwritten";
        system.etcd.put(key, "\u00ff");
        await("its letter").until(() -> account.unrepresentable().stream()
                .anyMatch(l -> l.unrepresentable().key().equals(key)));
        await("known")
                .until(() -> system.table.number(
                                "select count(*) from etcd_sync.etcd_mirror where unrepresentable and key = '" + key
                                        + "'")
                        == 1);
        system.table.upsert(List.of(new HostileEntry("", key, "text")));
        system.awaitEqual();
        assertThat(system.etcd.all(key).get(key).value()).isEqualTo("text");
    }

    @Test
    @Order(10)
    void malformedRecordsAreDeadLettersAndTheRestFlows() {
        everyKindOfRecord();
        account.ofMalformed(system.etcdTopic(), "pg-sink", system.pgSinkLetters(), OF_ETCD);
        account.ofMalformed(system.pgTopic(), "etcd-sink", system.etcdSinkLetters(), OF_POSTGRES);
        String fromEtcd = system.prefix + "after/etcd";
        String fromPostgres = system.prefix + "after/sql";
        for (int i = 0; i < 100; i++) {
            system.etcd.put(fromEtcd + i, "still flows " + i);
            system.table.upsert(List.of(new HostileEntry("", fromPostgres + i, "still flows " + i)));
        }
        system.awaitEqual();
        assertThat(system.table.all()).containsKeys(fromEtcd + 99, fromPostgres + 99);
        system.awaitRunning();
    }

    @Test
    @Order(11)
    void noLogHasAValueOrAPassword() throws IOException {
        for (Path log : system.logs()) {
            try (Stream<String> lines = Files.lines(log, StandardCharsets.ISO_8859_1)) {
                assertThat(lines.filter(line -> line.contains(system.secret())
                                        || line.contains(
                                                system.sides.stack.postgres().password()))
                                .limit(3)
                                .map(line -> line.substring(0, Math.min(500, line.length()))))
                        .as(log.toString())
                        .isEmpty();
            }
        }
    }

    /** Makes the connectors write a sample of each kind of record. */
    private static void everyKindOfRecord() {
        String key = system.samples;
        system.etcd.put(key + 5, "before");
        system.awaitEqual();
        probe(key + 5);
        system.table.upsert(List.of(
                new HostileEntry("", key + 1, system.secret()), new HostileEntry("", key + 2, "to be deleted")));
        system.etcd.put(key + 3, system.secret());
        system.etcd.put(key + 4, "\u00ff" + system.secret());
        system.awaitEqual();
        system.table.delete(List.of(key + 2));
        system.etcd.delete(List.of(key + 3));
        system.etcd.put(key + 3, system.secret());
        system.table.execute("select etcd_sync.etcd_resync('" + key + "')");
        system.awaitEqual();
        await("the snapshot").until(() -> system.table.number("select count(*) from etcd_sync.etcd_request") == 0);
    }

    /** Lets a snapshot pass a change in flight. Dispatch then sends a probe, and the etcd sink answers it. */
    private static void probe(String key) {
        String mirrored = "select count(*) from etcd_sync.etcd_mirror where key = '" + key + "' and ";
        system.sides.stop(system.connector("etcd-sink"));
        system.table.update(List.of(new HostileEntry("", key, system.secret())));
        await("the change")
                .until(() -> system.table.number(mirrored + "status = 'inflight' and next_action is null") == 1);
        // in the form of the etcd sink
        system.etcd.put(
                system.bookkeeping + "request/etcd/" + System.currentTimeMillis() * 1_000,
                "{\"after\":\"" + system.samples + "\",\"through\":\"" + system.samples + "~\"}");
        await("the probe").until(() -> system.table.number(mirrored + "probe_number is not null") == 1);
        system.sides.resume(system.connector("etcd-sink"));
        system.awaitEqual();
    }
}
