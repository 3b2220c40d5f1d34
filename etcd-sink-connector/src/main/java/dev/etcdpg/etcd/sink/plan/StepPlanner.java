package dev.etcdpg.etcd.sink.plan;

import dev.etcdpg.core.record.Outcome;
import dev.etcdpg.core.record.PgRecord;
import dev.etcdpg.etcd.bookkeeping.AnswerValue;
import dev.etcdpg.etcd.bookkeeping.BookkeepingKeys;
import dev.etcdpg.etcd.bookkeeping.RequestValue;
import dev.etcdpg.etcd.kv.EtcdBytes;
import dev.etcdpg.etcd.kv.EtcdKeyState;
import dev.etcdpg.etcd.kv.EtcdTransaction.Condition;
import dev.etcdpg.etcd.sink.plan.SinkStep.Write;
import dev.etcdpg.etcd.sink.read.SinkInstruction;
import dev.etcdpg.etcd.sink.read.SinkInstruction.PlainWrite;
import dev.etcdpg.etcd.sink.read.SinkInstruction.Send;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decides what a record does in a transaction, given the present view of etcd. Decisions also depend on compares that are not part of a step:
 * the transaction always compares the progress key, and it compares the epoch key if {@link #comparesEpoch} is true for a record. Pure.
 */
public final class StepPlanner {

    private final BookkeepingKeys keys;

    public StepPlanner(BookkeepingKeys keys) {
        this.keys = keys;
    }

    /**
     * Returns the key whose state determines the decision about the record. The key is read when a transaction fails. The key of an impossible
     * change is not read, because the user may not be allowed to read it.
     */
    public Optional<EtcdBytes> dependsOn(SinkInstruction record) {
        if (record instanceof Send sent && sent.send() instanceof PgRecord.Change change) {
            return sent.impossible() == null ? Optional.of(EtcdBytes.of(change.key())) : Optional.empty();
        } else if (record instanceof Send sent && sent.send() instanceof PgRecord.Probe probe) {
            return Optional.of(answerKey(probe, probe.key()));
        }
        return Optional.empty();
    }

    /** Returns whether the key of {@link #dependsOn} must be read, with its value, before the record can be planned at all. */
    public static boolean needsRead(SinkInstruction record) {
        return record instanceof Send sent && sent.send() instanceof PgRecord.Probe;
    }

    /** Returns whether the transaction must compare the epoch key. */
    public static boolean comparesEpoch(SinkInstruction record) {
        return record instanceof Send sent && sent.send() instanceof PgRecord.Change;
    }

    /** @param record a change, a probe, a request or a plain write */
    public SinkStep plan(SinkInstruction record, EtcdView view) {
        if (record instanceof PlainWrite plain) {
            return new SinkStep(Optional.empty(), write(plain.key(), plain.value(), 0));
        }
        Send sent = (Send) record;
        if (sent.send() instanceof PgRecord.Change change) {
            return sent.impossible() == null
                    ? change(change, view)
                    : reply(change, Outcome.FAILED, sent.impossible(), Optional.empty());
        } else if (sent.send() instanceof PgRecord.Probe probe) {
            return probe(probe, view);
        }
        return request((PgRecord.Request) sent.send());
    }

    private SinkStep change(PgRecord.Change change, EtcdView view) {
        EtcdBytes key = EtcdBytes.of(change.key());
        long base = change.base().revision();
        if (view.epoch().isEmpty() || change.base().epoch() != view.epoch().getAsLong()) {
            return refusal(
                    change,
                    view.epoch().isEmpty()
                            ? "no epoch"
                            : "epoch " + view.epoch().getAsLong());
        } else if (change.value() == null && base == 0) {
            // etcd would do nothing and report nothing. After the refusal, PostgreSQL finds that the key is already
            // absent in its mirror.
            return refusal(change, "nothing to delete");
        } else if (change.value() != null && view.goneLeases().contains(change.lease())) {
            // etcd deletes the keys of a lease together with the lease, so the key has left its base. If the key
            // still exists, PostgreSQL mirrors a wrong lease. A refusal on the mirrored base then makes PostgreSQL
            // request a new epoch, whose snapshot corrects the lease.
            return refusal(change, "lease is gone");
        }
        EtcdKeyState found = view.found().get(key);
        if (found == null || found.modRevision() == base) {
            return new SinkStep(
                    Optional.of(new Condition.AtRevision(key, base)),
                    write(key, change.value() == null ? null : EtcdBytes.of(change.value()), change.lease()));
        }
        // a key never returns to a revision that it has left, but an absent key may become absent again
        Optional<Condition> condition = base == 0 ? Optional.of(new Condition.Present(key)) : Optional.empty();
        String reason = found.isPresent() ? "at revision " + found.modRevision() : "absent";
        return reply(change, Outcome.REFUSED, reason, condition);
    }

    private SinkStep probe(PgRecord.Probe probe, EtcdView view) {
        EtcdBytes key = answerKey(probe, probe.key());
        EtcdKeyState found = view.found().getOrDefault(key, EtcdKeyState.ABSENT);
        boolean answered = found.isPresent() && AnswerValue.answers(probe.of(), found.value());
        EtcdBytes value = answered ? found.value() : new AnswerValue(probe.of(), Outcome.PROCESSED, null).write();
        return new SinkStep(
                Optional.of(new Condition.AtRevision(key, found.modRevision())), new Write.Reply(key, value));
    }

    private SinkStep request(PgRecord.Request request) {
        EtcdBytes key = EtcdBytes.of(keys.request(request.route(), request.request()));
        EtcdBytes value = new RequestValue(request.range()).write();
        return new SinkStep(Optional.empty(), new Write.Put(key, value, 0));
    }

    private SinkStep refusal(PgRecord.Change change, String reason) {
        return reply(change, Outcome.REFUSED, reason, Optional.empty());
    }

    private SinkStep reply(PgRecord.Change change, Outcome outcome, String reason, Optional<Condition> condition) {
        AnswerValue answer = new AnswerValue(change.chain().number(), outcome, reason);
        return new SinkStep(condition, new Write.Reply(answerKey(change, change.key()), answer.write()));
    }

    private EtcdBytes answerKey(PgRecord send, String key) {
        return EtcdBytes.of(keys.answer(send.origin(), send.route(), key));
    }

    private static Write write(EtcdBytes key, @Nullable EtcdBytes value, long lease) {
        return value == null ? new Write.Delete(key) : new Write.Put(key, value, lease);
    }
}
