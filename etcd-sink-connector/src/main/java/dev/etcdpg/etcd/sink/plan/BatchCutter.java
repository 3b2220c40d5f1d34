package dev.etcdpg.etcd.sink.plan;

import dev.etcdpg.core.record.PgRecord;
import dev.etcdpg.etcd.bookkeeping.SinkProgress;
import dev.etcdpg.etcd.kv.EtcdBytes;
import dev.etcdpg.etcd.sink.plan.SinkBatch.Stop;
import dev.etcdpg.etcd.sink.read.SinkInstruction;
import dev.etcdpg.etcd.sink.read.SinkInstruction.PlainWrite;
import dev.etcdpg.etcd.sink.read.SinkInstruction.Rejected;
import dev.etcdpg.etcd.sink.read.SinkInstruction.Send;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Cuts the records of a topic partition into batches. Pure.
 *
 * @param maxKeys largest number of keys in a batch; at least 1
 * @param maxBytes largest size of keys and values in a batch, measured as in the request. A larger record gets a batch of its own
 */
public record BatchCutter(int maxKeys, int maxBytes) {

    /** Size of a record in the request without key and value: field tags, lengths, revisions, the content of an answer. */
    private static final int OVERHEAD_BYTES = 160;

    /** A request contains each key three times: in the compare, in the operation, and in the read of the other branch. */
    private static final int KEY_TIMES = 3;

    /**
     * Cuts the next batch.
     *
     * @param from index of the first record that is not passed
     * @param passed progress before that record
     * @param groupPosition the consumer group has passed the records below this offset before; 0 for none
     */
    public SinkBatch cut(List<SinkInstruction> records, int from, SinkProgress passed, long groupPosition) {
        return new Cut(passed, groupPosition).batch(records, from);
    }

    /** Returns the same cutter with a smaller limit of keys. */
    public BatchCutter withMaxKeys(int keys) {
        return new BatchCutter(keys, maxBytes);
    }

    /** Returns the progress after a record. */
    public static SinkProgress pass(SinkInstruction record, SinkProgress before) {
        SinkProgress after = before.withNext(record.offset() + 1);
        return record instanceof Send sent ? after.passed(sent.sender(), sent.number()) : after;
    }

    /** A batch under construction. */
    private final class Cut {

        private final long groupPosition;
        private final List<SinkInstruction> writes = new ArrayList<>();
        private final List<Rejected> rejected = new ArrayList<>();
        private final List<Rejected> impossible = new ArrayList<>();
        private final Set<EtcdBytes> keys = new HashSet<>();
        private SinkProgress after;
        private int bytes;

        Cut(SinkProgress passed, long groupPosition) {
            this.after = passed;
            this.groupPosition = groupPosition;
        }

        SinkBatch batch(List<SinkInstruction> records, int from) {
            for (int i = from; i < records.size(); i++) {
                Optional<Stop> stop = add(records.get(i));
                if (stop.isPresent()) {
                    return new SinkBatch(writes, rejected, impossible, after, i, stop.get());
                }
            }
            return new SinkBatch(writes, rejected, impossible, after, records.size(), Stop.END);
        }

        /** Adds a record, unless the batch must end before it. */
        private Optional<Stop> add(SinkInstruction record) {
            Optional<Stop> stop = Optional.empty();
            if (record instanceof Rejected letter) {
                rejected.add(letter);
            } else if (record instanceof Send sent) {
                stop = add(sent);
            } else {
                stop = addWrite(record);
            }
            if (stop.isEmpty()) {
                after = pass(record, after);
            }
            return stop;
        }

        private Optional<Stop> add(Send sent) {
            String database = sent.database();
            return switch (after.judge(sent.sender(), sent.number())) {
                case OLD -> Optional.empty();
                case REFUSED -> Optional.of(Stop.SUPERSEDED);
                case NEW -> {
                    after = after.takenOverBy(sent.sender(), Objects.requireNonNull(database), sent.previous());
                    yield addCurrent(sent);
                }
                case CURRENT -> addCurrent(sent);
            };
        }

        private Optional<Stop> addCurrent(Send sent) {
            return isNews(sent) ? reasonToStop(sent).or(() -> addWrite(sent)) : lossBefore(sent);
        }

        private boolean isNews(Send sent) {
            return !(sent.send() instanceof PgRecord.Heartbeat) && sent.number() > after.lastOf(sent.sender());
        }

        private Optional<Stop> lossBefore(Send sent) {
            return sent.previous() > after.lastOf(sent.sender()) ? Optional.of(Stop.LOSS) : Optional.empty();
        }

        private Optional<Stop> reasonToStop(Send sent) {
            if (sent.offset() < groupPosition) {
                return Optional.of(Stop.BEHIND);
            }
            return lossBefore(sent)
                    .or(() ->
                            sent.send() instanceof PgRecord.NewEpoch ? Optional.of(Stop.NEW_EPOCH) : Optional.empty());
        }

        private Optional<Stop> addWrite(SinkInstruction record) {
            int size = size(record);
            EtcdBytes key = key(record);
            boolean tooManyBytes = !writes.isEmpty() && bytes + size > maxBytes;
            if (keys.contains(key) || writes.size() == maxKeys || tooManyBytes) {
                return Optional.of(Stop.FULL);
            }
            keys.add(key);
            bytes += size;
            writes.add(record);
            if (record instanceof Send sent && sent.impossible() != null) {
                impossible.add(new Rejected(sent.record(), sent.impossible()));
            }
            return Optional.empty();
        }
    }

    /** Returns the etcd key that the record concerns. At most one record of a transaction may concern a key. */
    private static EtcdBytes key(SinkInstruction record) {
        if (record instanceof PlainWrite plain) {
            return plain.key();
        }
        PgRecord send = ((Send) record).send();
        String key = send.key();
        if (key != null) {
            return EtcdBytes.of(key);
        }
        // no key of a route begins with a NUL, because prefixes are printable; a request concerns no key
        return EtcdBytes.of("\0" + send.route() + "/" + (send instanceof PgRecord.Request r ? r.request() : -1));
    }

    private static int size(SinkInstruction record) {
        int size = KEY_TIMES * key(record).length() + OVERHEAD_BYTES;
        if (record instanceof PlainWrite plain) {
            return size + (plain.value() == null ? 0 : plain.value().length());
        }
        return ((Send) record).send() instanceof PgRecord.Change change && change.value() != null
                ? size + EtcdBytes.of(change.value()).length()
                : size;
    }
}
