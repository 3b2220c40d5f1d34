package dev.etcdpg.etcd.sink;

import dev.etcdpg.core.record.Outcome;
import dev.etcdpg.core.record.PgRecord;
import dev.etcdpg.etcd.bookkeeping.AnswerValue;
import dev.etcdpg.etcd.bookkeeping.BookkeepingKeys;
import dev.etcdpg.etcd.bookkeeping.RequestValue;
import dev.etcdpg.etcd.kv.EtcdBytes;
import dev.etcdpg.etcd.kv.KeyState;
import dev.etcdpg.etcd.sink.Step.Check;
import dev.etcdpg.etcd.sink.Step.Write;

/**
 * Decides what a record does in a transaction, given what is known of etcd. No I/O. The transaction also compares the epoch whenever {@link
 * #comparesEpoch} says so, and the progress key always: decisions rest on that.
 */
final class Steps {

    private final BookkeepingKeys keys;

    Steps(BookkeepingKeys keys) {
        this.keys = keys;
    }

    /** The key that a decision about this item rests on, to be read when a transaction fails; null if none. */
    EtcdBytes rests(Item item) {
        if (item instanceof Item.Send sent && sent.send() instanceof PgRecord.Change change) {
            return EtcdBytes.of(change.key());
        } else if (item instanceof Item.Send sent && sent.send() instanceof PgRecord.Probe probe) {
            return answerKey(probe, probe.key());
        }
        return null;
    }

    /** Whether {@link #rests} must have been read before the item can be decided at all, and with its value. */
    static boolean readsFirst(Item item) {
        return item instanceof Item.Send sent && sent.send() instanceof PgRecord.Probe;
    }

    static boolean comparesEpoch(Item item) {
        return item instanceof Item.Send sent && sent.send() instanceof PgRecord.Change;
    }

    /** @param item a change, probe, request or plain record */
    Step decide(Item item, View view) {
        if (item instanceof Item.Plain plain) {
            return new Step(null, write(plain.key(), plain.value(), 0));
        }
        Item.Send sent = (Item.Send) item;
        if (sent.send() instanceof PgRecord.Change change) {
            return sent.impossible() == null
                    ? change(change, view)
                    : reply(null, change, Outcome.FAILED, sent.impossible());
        } else if (sent.send() instanceof PgRecord.Probe probe) {
            return probe(probe, view);
        }
        return request((PgRecord.Request) sent.send());
    }

    private Step change(PgRecord.Change change, View view) {
        EtcdBytes key = EtcdBytes.of(change.key());
        long base = change.base().revision();
        if (view.epoch() == null || change.base().epoch() != view.epoch()) {
            return reply(null, change, Outcome.REFUSED, "epoch " + view.epoch());
        } else if (change.value() == null && base == 0) {
            // etcd would do nothing and say nothing. The sink that sees the refusal finds the mirror absent, as it
            // wanted.
            return reply(null, change, Outcome.REFUSED, "nothing to delete");
        } else if (change.value() != null && view.goneLeases().contains(change.lease())) {
            // etcd deletes a lease's keys with it, so the key has left its base. If it has not, PostgreSQL mirrors a
            // wrong lease, and a
            // refusal on the mirrored base makes it ask for a new epoch, whose snapshot mends that.
            return reply(null, change, Outcome.REFUSED, "lease is gone");
        }
        KeyState found = view.found().get(key);
        if (found == null || found.modRevision() == base) {
            return new Step(new Check.At(key, base), write(key, change.value(), change.lease()));
        }
        // A key never comes back to a revision it has left, but an absent one may be absent again.
        Check check = base == 0 ? new Check.Present(key) : null;
        String reason = found.isPresent() ? "at revision " + found.modRevision() : "absent";
        return reply(check, change, Outcome.REFUSED, reason);
    }

    private Step probe(PgRecord.Probe probe, View view) {
        EtcdBytes key = answerKey(probe, probe.key());
        KeyState found = view.found().get(key);
        boolean answered = found.isPresent() && AnswerValue.answers(probe.of(), found.value());
        EtcdBytes value = answered ? found.value() : new AnswerValue(probe.of(), Outcome.PROCESSED, null).write();
        return new Step(new Check.At(key, found.modRevision()), new Write.Reply(key, value));
    }

    private Step request(PgRecord.Request request) {
        EtcdBytes key = EtcdBytes.of(keys.request(request.route(), request.request()));
        return new Step(null, new Write.Put(key, new RequestValue(request.range()).write(), 0));
    }

    private Step reply(Check check, PgRecord.Change change, Outcome outcome, String reason) {
        AnswerValue answer = new AnswerValue(change.chain().number(), outcome, reason);
        return new Step(check, new Write.Reply(answerKey(change, change.key()), answer.write()));
    }

    private EtcdBytes answerKey(PgRecord send, String key) {
        return EtcdBytes.of(keys.answer(send.origin(), send.route(), key));
    }

    private static Write write(EtcdBytes key, String value, long lease) {
        return write(key, value == null ? null : EtcdBytes.of(value), lease);
    }

    private static Write write(EtcdBytes key, EtcdBytes value, long lease) {
        return value == null ? new Write.Delete(key) : new Write.Put(key, value, lease);
    }
}
