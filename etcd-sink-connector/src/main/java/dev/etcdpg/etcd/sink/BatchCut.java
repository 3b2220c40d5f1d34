package dev.etcdpg.etcd.sink;

import dev.etcdpg.core.record.PgRecord;
import dev.etcdpg.core.record.PgRecordCodec;
import dev.etcdpg.etcd.bookkeeping.SinkProgress;
import dev.etcdpg.etcd.kv.EtcdBytes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Cuts the records of a topic partition into batches. No I/O.
 *
 * @param maxKeys at least 1
 * @param maxBytes of keys and values as they stand in the request; a record larger than that has a batch of its own
 */
record BatchCut(int maxKeys, int maxBytes) {

    /** Beside its key and value: field tags, lengths, revisions, an answer's own content. */
    private static final int OVERHEAD_BYTES = 160;

    /** The key stands in the compare, in the operation and in the read of the other branch. */
    private static final int KEY_TIMES = 3;

    /**
     * @param from index of the first record that is not passed
     * @param passed progress before it
     * @param groupPosition sends below this offset had been passed once, as the consumer group knows; 0 for none
     */
    Batch cut(List<Item> items, int from, SinkProgress passed, long groupPosition) {
        List<Item> writes = new ArrayList<>();
        List<Item.Bad> bad = new ArrayList<>();
        List<Item.Bad> answered = new ArrayList<>();
        Set<EtcdBytes> keys = new HashSet<>();
        SinkProgress after = passed;
        int bytes = 0;
        for (int i = from; i < items.size(); i++) {
            Item item = items.get(i);
            if (item instanceof Item.Bad letter) {
                bad.add(letter);
            } else if (item instanceof Item.Send sent && !(isNews(sent.send(), after))) {
                if (isLoss(sent.send(), after)) {
                    return new Batch(writes, bad, answered, after, i, Batch.Stop.LOSS);
                }
            } else {
                Batch.Stop stop = item instanceof Item.Send sent ? stop(sent, after, groupPosition) : null;
                int size = size(item);
                EtcdBytes key = key(item);
                if (stop == null
                        && (keys.contains(key)
                                || writes.size() == maxKeys
                                || (!writes.isEmpty() && bytes + size > maxBytes))) {
                    stop = Batch.Stop.FULL;
                }
                if (stop != null) {
                    return new Batch(writes, bad, answered, after, i, stop);
                }
                keys.add(key);
                bytes += size;
                writes.add(item);
                if (item instanceof Item.Send sent && sent.impossible() != null) {
                    answered.add(sent.letter());
                }
            }
            after = pass(item, after);
        }
        return new Batch(writes, bad, answered, after, items.size(), Batch.Stop.END);
    }

    /** The progress once that record is passed. */
    static SinkProgress pass(Item item, SinkProgress before) {
        SinkProgress after = before.withNext(item.offset() + 1);
        return item instanceof Item.Send sent
                ? after.passed(sent.send().origin(), sent.send().chain().number())
                : after;
    }

    private static boolean isNews(PgRecord send, SinkProgress passed) {
        return !(send instanceof PgRecord.Heartbeat) && send.chain().number() > passed.lastOf(send.origin());
    }

    private static boolean isLoss(PgRecord send, SinkProgress passed) {
        return send.chain().previous() > passed.lastOf(send.origin());
    }

    private static Batch.Stop stop(Item.Send item, SinkProgress passed, long groupPosition) {
        if (item.offset() < groupPosition) {
            return Batch.Stop.BEHIND;
        } else if (isLoss(item.send(), passed)) {
            return Batch.Stop.LOSS;
        }
        return item.send() instanceof PgRecord.NewEpoch ? Batch.Stop.NEW_EPOCH : null;
    }

    /** The etcd key that at most one record of a transaction may be about. */
    private static EtcdBytes key(Item item) {
        if (item instanceof Item.Plain plain) {
            return plain.key();
        }
        PgRecord send = ((Item.Send) item).send();
        String key = PgRecordCodec.key(send);
        if (key != null) {
            return EtcdBytes.of(key);
        }
        // no etcd key begins with a NUL here: routes have printable prefixes, and a request is of no key
        return EtcdBytes.of("\0" + send.route() + "/" + (send instanceof PgRecord.Request r ? r.request() : -1));
    }

    private static int size(Item item) {
        if (item instanceof Item.Plain plain) {
            return OVERHEAD_BYTES
                    + KEY_TIMES * plain.key().length()
                    + (plain.value() == null ? 0 : plain.value().length());
        }
        PgRecord send = ((Item.Send) item).send();
        int key = KEY_TIMES * key(item).length() + OVERHEAD_BYTES;
        return send instanceof PgRecord.Change change && change.value() != null
                ? key + EtcdBytes.of(change.value()).length()
                : key;
    }
}
