package dev.etcdpg.testing.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.etcdpg.testing.it.HostileTally.End;
import dev.etcdpg.testing.stack.TopicReader;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Checks all inputs: the other side has the input, or there is one dead letter for it. */
final class HostileAccount {
    private final HostileSystem system;
    private final TopicReader topics;
    private final HostileTally tally;

    HostileAccount(HostileSystem system, HostileTally tally) {
        this.system = system;
        this.tally = tally;
        topics = new TopicReader(system.sides.stack.kafka().bootstrap());
    }

    /** Checks that each entry has its row, or one new dead letter. */
    void ofEntries(String where, List<HostileEntry> entries, List<DeadLetterRecord> before) {
        Map<String, RawEtcd.Held> there = system.etcd.all(system.prefix);
        long unfit = entries.stream().filter(entry -> !entry.fits()).count();
        system.awaitEqual();
        await("dead letters")
                .pollInterval(Duration.ofMillis(500))
                .until(() -> unrepresentable().size() >= before.size() + unfit);
        Map<String, List<DeadLetterRecord.Unrepresentable>> byKey = unrepresentable().stream()
                .filter(letter -> before.stream()
                        .noneMatch(old -> old.record().offset()
                                        == letter.record().offset()
                                && old.record().partition() == letter.record().partition()))
                .map(DeadLetterRecord::unrepresentable)
                .collect(Collectors.groupingBy(
                        DeadLetterRecord.Unrepresentable::key, HashMap::new, Collectors.toList()));
        Map<String, RawEtcd.Held> rows = system.table.all();
        for (HostileEntry entry : entries) {
            String label = label(entry);
            RawEtcd.Held held = there.get(entry.key());
            if (entry.fits()) {
                assertThat(rows.get(entry.key()).equals(held)).as(label).isTrue();
                assertThat(byKey.get(entry.key())).as(label).isNull();
                tally.count(where + entry.kind(), End.MIRRORED);
            } else {
                assertThat(rows.get(entry.key())).as(label).isNull();
                List<DeadLetterRecord.Unrepresentable> mine = byKey.remove(entry.key());
                assertThat(mine).as(label).hasSize(1);
                assertThat(mine.get(0).value().equals(entry.value())).as(label).isTrue();
                assertThat(mine.get(0).revision()).as(label).isEqualTo(held.modRevision());
                assertThat(mine.get(0).reason()).as(label).isNotBlank();
                tally.count(where + entry.kind(), End.DEAD_LETTER);
            }
        }
        assertThat(byKey.keySet()).as("letters of nothing that was sent").isEmpty();
    }

    /**
     * Checks that etcd has each entry, or that its statement failed.
     *
     * @param refused the refused entries with their reasons
     */
    void ofStatements(List<HostileEntry> entries, Map<HostileEntry, String> refused) {
        system.awaitEqual();
        Map<String, RawEtcd.Held> there = system.etcd.all(system.prefix + "p/");
        for (HostileEntry entry : entries) {
            String label = label(entry);
            assertThat(refused.containsKey(entry)).as(label).isEqualTo(!entry.fits());
            if (entry.fits()) {
                assertThat(there.remove(entry.key()).value().equals(entry.value()))
                        .as(label)
                        .isTrue();
                tally.count("PostgreSQL: " + entry.kind(), End.MIRRORED);
            } else {
                assertThat(refused.get(entry)).as(label).isNotBlank();
                tally.count("PostgreSQL: " + entry.kind(), End.REFUSED);
            }
        }
        assertThat(there).as("what nobody wrote").isEmpty();
    }

    /** Checks that etcd has exactly these entries, byte for byte, after SQL wrote them. */
    void ofRows(List<HostileEntry> entries) {
        system.awaitEqual();
        Map<String, RawEtcd.Held> there = system.etcd.all(system.prefix + "p/");
        for (HostileEntry entry : entries) {
            RawEtcd.Held held = there.remove(entry.key());
            assertThat(held).as(label(entry)).isNotNull();
            assertThat(held.value().equals(entry.value())).as(label(entry)).isTrue();
        }
        assertThat(there.keySet().stream().map(HostileEntry::text))
                .as("what nobody wrote, or what was deleted")
                .isEmpty();
    }

    /** Puts malformed records into a topic that a sink reads. The samples are records of these kinds. */
    void ofMalformed(String topic, String sink, String letterTopic, List<String> kinds) {
        MalformedRecords maker = new MalformedRecords(topic, HostileSystem.PARTITIONS, system.secret(), system.samples);
        await("samples of all kinds").pollInterval(Duration.ofMillis(500)).untilAsserted(() -> {
            topics.read(topic, Long.MAX_VALUE, maker::sample);
            assertThat(maker.kinds()).containsExactlyInAnyOrderElementsOf(kinds);
        });
        inject(topic, sink, letterTopic, () -> maker.make("/elsewhere/key"));
        maker.lastChange().ifPresent(change -> assertThat(answered(change.getKey()))
                .as("the change that was answered last, which shows that none was skipped as one passed before")
                .isEqualTo(change.getValue()));
        inject(topic, sink, letterTopic, maker::elsewhere);
        inject(topic, sink, letterTopic, maker::chains);
    }

    private void inject(String topic, String sink, String letterTopic, Supplier<List<MalformedRecord>> maker) {
        int before = DeadLetterRecord.all(topics, letterTopic).size();
        HostileEffects effects = HostileEffects.of(system);
        if (topic.equals(system.pgTopic())) {
            // If a heartbeat with a higher number came first, the sink would skip these records as passed.
            system.sides.stop(system.connector("pg-notify-source"));
        }
        MalformedTopic.Sent sent = new MalformedTopic(system.sides.stack.kafka().bootstrap()).put(maker.get());
        await(sink + " to have passed them all")
                .pollInterval(Duration.ofMillis(500))
                .failFast(system::failOnFailure)
                .until(() -> system.sides.kafka.hasPassed(system.connector(sink), sent.ends()));
        if (topic.equals(system.pgTopic())) {
            system.sides.resume(system.connector("pg-notify-source"));
        }
        system.awaitEqual();
        effects.assertSame(HostileEffects.of(system));
        List<DeadLetterRecord> all = DeadLetterRecord.all(topics, letterTopic);
        Map<String, List<DeadLetterRecord>> letters =
                all.subList(before, all.size()).stream().collect(Collectors.groupingBy(DeadLetterRecord::position));
        sent.records().forEach((position, record) -> {
            // A dead letter may come twice, with the same contents.
            Set<String> reasons = letters.getOrDefault(position, List.of()).stream()
                    .map(DeadLetterRecord::reason)
                    .collect(Collectors.toSet());
            String label = record.kind() + " at " + position + ": "
                    + HostileEntry.text(
                            HostileEntry.of(record.value()).substring(0, Math.min(300, record.value().length)));
            assertThat(reasons)
                    .as(label)
                    .hasSizeBetween(record.mustDie() ? 1 : 0, 1)
                    .noneMatch(String::isBlank);
            tally.count(
                    topic.split("-")[0] + " topic: " + record.kind(),
                    reasons.isEmpty() ? End.WITHOUT_EFFECT : End.DEAD_LETTER);
        });
        letters.keySet().removeAll(sent.records().keySet());
        assertThat(letters.values().stream()
                        .flatMap(List::stream)
                        .map(letter -> letter.position() + ": " + letter.reason()))
                .as("letters of what the connectors sent")
                .isEmpty();
    }

    /** Returns the number of the key's change that the etcd sink answered last. */
    private long answered(String key) {
        String end = "/etcd/" + HostileEntry.of(key);
        return system.etcd.all(system.bookkeeping + "answer/").entrySet().stream()
                .filter(answer -> answer.getKey().endsWith(end))
                .mapToLong(answer -> MalformedRecords.read(
                                HostileEntry.bytes(answer.getValue().value()))
                        .get("n")
                        .longValue())
                .max()
                .orElse(0);
    }

    /** Returns the reports of the etcd source so far. */
    List<DeadLetterRecord> unrepresentable() {
        return DeadLetterRecord.all(topics, system.unrepresentable());
    }

    /** Names an entry without its value. */
    private static String label(HostileEntry entry) {
        String key = HostileEntry.text(entry.key());
        return entry.kind() + ", key " + key.substring(0, Math.min(100, key.length()));
    }
}
