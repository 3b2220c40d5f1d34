package dev.etcdpg.etcd.sink;

import dev.etcdpg.core.record.Outcome;
import dev.etcdpg.core.record.PgRecord;
import dev.etcdpg.etcd.client.BookkeepingKeys;
import dev.etcdpg.etcd.sink.Step.Check;
import dev.etcdpg.etcd.sink.Step.Write;
import io.etcd.jetcd.ByteSequence;

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
    ByteSequence rests(Item item) {
        if (item instanceof Item.Send sent && sent.send() instanceof PgRecord.Change change) {
            return Bytes.of(change.key());
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
        ByteSequence key = Bytes.of(change.key());
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
        Found found = view.found().get(key);
        if (found == null || found.modRevision() == base) {
            return new Step(new Check.At(key, base), write(key, change.value(), change.lease()));
        }
        // A key never comes back to a revision it has left, but an absent one may be absent again.
        Check check = base == 0 ? new Check.Present(key) : null;
        String reason = found.isPresent() ? "at revision " + found.modRevision() : "absent";
        return reply(check, change, Outcome.REFUSED, reason);
    }

    private Step probe(PgRecord.Probe probe, View view) {
        ByteSequence key = answerKey(probe, probe.key());
        Found found = view.found().get(key);
        boolean answered = found.isPresent() && Answer.isFor(probe.of(), found.value());
        ByteSequence value = answered ? found.value() : new Answer(probe.of(), Outcome.PROCESSED, null).bytes();
        return new Step(new Check.At(key, found.modRevision()), new Write.Reply(key, value));
    }

    private Step request(PgRecord.Request request) {
        ByteSequence key = Bytes.of(keys.request(request.route(), request.request()));
        return new Step(
                null, new Write.Put(key, RequestedRange.of(request.range()).bytes(), 0));
    }

    private Step reply(Check check, PgRecord.Change change, Outcome outcome, String reason) {
        Answer answer = new Answer(change.chain().number(), outcome, reason);
        return new Step(check, new Write.Reply(answerKey(change, change.key()), answer.bytes()));
    }

    private ByteSequence answerKey(PgRecord send, String key) {
        return Bytes.of(keys.answer(send.origin(), send.route(), key));
    }

    private static Write write(ByteSequence key, String value, long lease) {
        return write(key, value == null ? null : Bytes.of(value), lease);
    }

    private static Write write(ByteSequence key, ByteSequence value, long lease) {
        return value == null ? new Write.Delete(key) : new Write.Put(key, value, lease);
    }
}
