package dev.etcdpg.etcd.sink.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.core.Revision;
import dev.etcdpg.core.record.Chain;
import dev.etcdpg.core.record.Outcome;
import dev.etcdpg.core.record.PgRecord;
import dev.etcdpg.etcd.bookkeeping.AnswerValue;
import dev.etcdpg.etcd.bookkeeping.BookkeepingKeys;
import dev.etcdpg.etcd.kv.EtcdBytes;
import dev.etcdpg.etcd.kv.EtcdKeyState;
import dev.etcdpg.etcd.kv.EtcdTransaction.Condition;
import dev.etcdpg.etcd.sink.plan.SinkStep.Write;
import dev.etcdpg.etcd.sink.read.SinkInstruction;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.Test;

/** Plans each change in each state of etcd that affects the plan. */
class StepPlannerTest {

    private static final StepPlanner PLANNER = new StepPlanner(new BookkeepingKeys("/own/"));
    private static final EtcdBytes KEY = EtcdBytes.of("/a");
    private static final long GONE = 77;
    private static final Long UNREAD = null;
    private static final List<Long> EPOCHS = List.of(1L, 2L);
    private static final List<Long> REVISIONS = List.of(0L, 5L, 9L);

    private static final SinkRecord RECORD = new SinkRecord("pg.etcd", 0, null, null, null, null, 3);

    /** All combinations of base epoch, base revision, put or delete, lease (none, present, gone), possible or impossible. */
    private static List<SinkInstruction.Send> changes() {
        List<SinkInstruction.Send> changes = new ArrayList<>();
        for (long epoch : EPOCHS) {
            for (long base : REVISIONS) {
                for (String value : new String[] {null, "v"}) {
                    for (long lease : new long[] {0, 7, GONE}) {
                        for (String impossible : new String[] {null, "outside"}) {
                            PgRecord.Change change = new PgRecord.Change(
                                    new Chain(3, 2), "o", "r", "/a", value, new Revision(epoch, base), lease, null);
                            changes.add(new SinkInstruction.Send(RECORD, change, null, impossible));
                        }
                    }
                }
            }
        }
        return changes;
    }

    private static EtcdView view(Long epoch, Long revision) {
        Map<EtcdBytes, EtcdKeyState> found =
                revision == null ? Map.of() : Map.of(KEY, new EtcdKeyState(revision, EtcdBytes.EMPTY));
        return new EtcdView(OptionalLong.of(epoch), found, Set.of(GONE));
    }

    private static boolean isData(SinkStep step) {
        return !(step.write() instanceof Write.Reply);
    }

    private static boolean holds(Optional<Condition> condition, long revision) {
        if (condition.isPresent() && condition.get() instanceof Condition.AtRevision at) {
            return at.modRevision() == revision;
        }
        return condition.isEmpty() || revision != 0;
    }

    @Test
    void aChangeIsWrittenIfAndOnlyIfEtcdIsWhereItWasMade() {
        for (SinkInstruction.Send record : changes()) {
            PgRecord.Change change = (PgRecord.Change) record.send();
            for (long epoch : EPOCHS) {
                for (long revision : REVISIONS) {
                    SinkStep step = PLANNER.plan(record, view(epoch, revision));
                    boolean isChange = change.value() != null || change.base().revision() != 0;
                    boolean expected = record.impossible() == null
                            && change.base().equals(new Revision(epoch, revision))
                            && isChange
                            && (change.value() == null || change.lease() != GONE);
                    assertThat(isData(step))
                            .describedAs("%s at %s.%s", change, epoch, revision)
                            .isEqualTo(expected);
                    assertThat(holds(step.condition(), revision)).isTrue();
                    if (expected) {
                        assertThat(step.condition()).contains(new Condition.AtRevision(KEY, revision));
                        assertThat(step.write())
                                .isEqualTo(
                                        change.value() == null
                                                ? new Write.Delete(KEY)
                                                : new Write.Put(KEY, EtcdBytes.of("v"), change.lease()));
                    }
                }
            }
        }
    }

    /**
     * A plan may rest on an outdated view. If its conditions hold when the transaction commits, it does what the state at the commit asks for.
     * A key that has left a revision does not return to it; an absent key may become absent again.
     */
    @Test
    void whatCommitsIsWhatTheStateThenAsksFor() {
        for (SinkInstruction.Send record : changes()) {
            PgRecord.Change change = (PgRecord.Change) record.send();
            long base = change.base().revision();
            for (long epoch : EPOCHS) {
                for (Long read : new Long[] {UNREAD, 0L, 5L, 9L}) {
                    SinkStep decided = PLANNER.plan(record, view(epoch, read));
                    for (long now : REVISIONS) {
                        boolean cameBack = read != null && base > 0 && now == base && read != base;
                        if (!cameBack && holds(decided.condition(), now)) {
                            SinkStep then = PLANNER.plan(record, view(epoch, now));
                            assertThat(isData(decided))
                                    .describedAs("%s, read %s, is %s", change, read, now)
                                    .isEqualTo(isData(then));
                        }
                    }
                }
            }
        }
    }

    @Test
    void answersNameTheChangeAndTheOutcome() {
        for (SinkInstruction.Send record : changes()) {
            SinkStep step = PLANNER.plan(record, view(1L, 5L));
            if (step.write() instanceof Write.Reply reply) {
                assertThat(reply.key().text()).isEqualTo("/own/answer/o/r//a");
                assertThat(AnswerValue.answers(3, reply.value())).isTrue();
                assertThat(reply.value().text()).contains(record.impossible() == null ? "refused" : "failed");
            }
        }
    }

    @Test
    void aProbeComparesTheAnswerKeyItHasRead() {
        SinkInstruction probe =
                new SinkInstruction.Send(RECORD, new PgRecord.Probe(new Chain(8, 7), "o", "r", "/a", 3), null, null);
        EtcdBytes key = PLANNER.dependsOn(probe).orElseThrow();
        AnswerValue refused = new AnswerValue(3, Outcome.REFUSED, "epoch 2");
        Map<EtcdKeyState, String> expected = new HashMap<>();
        expected.put(EtcdKeyState.ABSENT, "processed");
        expected.put(new EtcdKeyState(4, refused.write()), "refused");
        expected.put(new EtcdKeyState(4, new AnswerValue(2, Outcome.REFUSED, null).write()), "processed");
        expected.put(new EtcdKeyState(4, EtcdBytes.of("not JSON")), "processed");
        expected.forEach((found, outcome) -> {
            SinkStep step = PLANNER.plan(probe, new EtcdView(OptionalLong.of(1), Map.of(key, found), Set.of()));
            assertThat(step.condition()).contains(new Condition.AtRevision(key, found.modRevision()));
            Write.Reply reply = (Write.Reply) step.write();
            assertThat(reply.key()).isEqualTo(key);
            assertThat(reply.value().text()).contains("\"n\":3", outcome);
        });
    }

    @Test
    void anAnswerNamesTheReason() {
        SinkInstruction.Send record = new SinkInstruction.Send(
                RECORD,
                new PgRecord.Change(new Chain(3, 2), "o", "r", "/a", "v", new Revision(1, 5), 0, null),
                null,
                null);
        assertThat(reason(record, EtcdView.of(OptionalLong.empty()))).contains("no epoch");
        assertThat(reason(record, view(2L, 5L))).contains("epoch 2");
        assertThat(reason(record, view(1L, 9L))).contains("at revision 9");
        assertThat(reason(record, view(1L, 0L))).contains("absent");
    }

    private static String reason(SinkInstruction record, EtcdView view) {
        return ((Write.Reply) PLANNER.plan(record, view).write()).value().text();
    }

    @Test
    void changesAndProbesDependOnOneKey() {
        SinkInstruction change = changes().get(0);
        SinkInstruction probe =
                new SinkInstruction.Send(RECORD, new PgRecord.Probe(new Chain(8, 7), "o", "r", "/a", 3), null, null);
        SinkInstruction request = new SinkInstruction.Send(
                RECORD, new PgRecord.Request(new Chain(8, 7), "o", "r", KeyRange.ALL, 1), null, null);
        SinkInstruction plain = new SinkInstruction.PlainWrite(RECORD, KEY, null);

        assertThat(PLANNER.dependsOn(change)).contains(KEY);
        assertThat(PLANNER.dependsOn(change.refused("denied"))).isEmpty();
        assertThat(PLANNER.dependsOn(probe)).contains(EtcdBytes.of("/own/answer/o/r//a"));
        assertThat(PLANNER.dependsOn(request)).isEmpty();
        assertThat(PLANNER.dependsOn(plain)).isEmpty();

        assertThat(List.of(change, probe, request, plain))
                .filteredOn(StepPlanner::needsRead)
                .containsExactly(probe);
        assertThat(List.of(change, probe, request, plain))
                .filteredOn(StepPlanner::comparesEpoch)
                .containsExactly(change);
    }
}
