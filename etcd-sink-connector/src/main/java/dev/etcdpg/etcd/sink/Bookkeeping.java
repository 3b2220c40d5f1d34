package dev.etcdpg.etcd.sink;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.PutOption;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongPredicate;
import org.apache.kafka.connect.errors.ConnectException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes a progress key and, when there is reason, a new epoch with it: both or neither. */
final class Bookkeeping {

    /** For {@link #write}: leave the epoch as it is. */
    static final LongPredicate SAME_EPOCH = epoch -> false;

    private static final Logger LOG = LoggerFactory.getLogger(Bookkeeping.class);

    private final EtcdStore store;
    private final ByteSequence epochKey;
    private final Clock clock;

    Bookkeeping(EtcdStore store, ByteSequence epochKey, Clock clock) {
        this.store = store;
        this.epochKey = epochKey;
        this.clock = clock;
    }

    ByteSequence epochKey() {
        return epochKey;
    }

    /** Null if there is no epoch yet. */
    Long epoch(Found found) {
        if (!found.isPresent()) {
            return null;
        }
        try {
            return Long.valueOf(Bytes.text(found.value()));
        } catch (NumberFormatException e) {
            throw new ConnectException(
                    "The etcd key " + Bytes.text(epochKey) + " is not a decimal number. Is bookkeeping.prefix right?",
                    e);
        }
    }

    /**
     * Writes the progress if its key is still at that revision.
     *
     * @param at mod_revision of the progress key, 0 for absent
     * @param raises whether the epoch found there is to be followed by a new one. Where there is none the etcd source makes one, and that is
     *     a new one too
     * @param why for the log
     * @return empty if the progress key is not at that revision
     */
    Optional<Owned> write(ByteSequence progressKey, long at, Progress progress, LongPredicate raises, String why) {
        while (true) {
            List<Found> read = store.read(List.of(progressKey, epochKey));
            if (read.get(0).modRevision() != at) {
                return Optional.empty();
            }
            Found epochFound = read.get(1);
            Long epoch = epoch(epochFound);
            List<Cmp> compares = new ArrayList<>();
            List<Op> puts = new ArrayList<>();
            compares.add(isAt(progressKey, at));
            compares.add(isAt(epochKey, epochFound.modRevision()));
            puts.add(Op.put(progressKey, progress.bytes(), PutOption.DEFAULT));
            if (epoch != null && raises.test(epoch)) {
                long next = Math.max(clock.millis(), epoch + 1);
                puts.add(Op.put(epochKey, Bytes.of(Long.toString(next)), PutOption.DEFAULT));
                LOG.warn("epoch {} follows {}: {} ({})", next, epoch, why, Bytes.text(progressKey));
                epoch = next;
            }
            EtcdStore.Result result = store.transaction(compares, puts, List.of());
            if (result.succeeded()) {
                return Optional.of(new Owned(progress, result.revision(), epoch));
            }
            // The epoch or the progress moved in between: the next reading says which.
        }
    }

    static Cmp isAt(ByteSequence key, long modRevision) {
        return new Cmp(key, Cmp.Op.EQUAL, CmpTarget.modRevision(modRevision));
    }
}
