package dev.etcdpg.pg.sink.read;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.core.Revision;
import dev.etcdpg.core.Route;
import dev.etcdpg.core.record.Chain;
import dev.etcdpg.core.record.EtcdRecord;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/**
 * The state of the sink in one topic partition. A transaction works on a {@link #copy()}, which replaces the original after the commit.
 * Therefore memory and database agree, whatever fails.
 */
public final class PartitionState {

    private final TopicPartition partition;
    private final Route route;
    private final SeenChain chain;
    private final UntrustedRanges untrusted;
    private final KnownSources sources;
    private final DeferredKeys deferred;
    private long position;
    /** Empty at the start of a task. */
    private final ReachedRevisions reached;
    /** The key through which the manifest at the position is applied; null if nothing of the next record is applied. */
    private @Nullable String appliedThrough;

    /**
     * Creates the state that was committed last.
     *
     * @param position offset of the next record; -1 if it is not known, so that the first record that arrives is the next one
     * @param chain number of the last record of each sender, by its range
     * @param sources see {@link KnownSources#all()}
     */
    public PartitionState(
            TopicPartition partition,
            Route route,
            long position,
            Map<KeyRange, Long> chain,
            Map<KeyRange, UntrustedRange> untrusted,
            Map<KnownSources.Identity, Long> sources) {
        this.partition = partition;
        this.route = route;
        this.position = position;
        this.chain = new SeenChain(chain);
        this.untrusted = new UntrustedRanges(untrusted);
        this.sources = new KnownSources(sources);
        this.deferred = new DeferredKeys();
        this.reached = new ReachedRevisions();
    }

    private PartitionState(PartitionState other) {
        partition = other.partition;
        route = other.route;
        position = other.position;
        reached = other.reached.copy();
        appliedThrough = other.appliedThrough;
        chain = other.chain.copy();
        untrusted = other.untrusted.copy();
        sources = other.sources.copy();
        deferred = other.deferred.copy();
    }

    public PartitionState copy() {
        return new PartitionState(this);
    }

    public TopicPartition partition() {
        return partition;
    }

    public Route route() {
        return route;
    }

    /** Returns the offset of the next record to take from the topic; -1 before the first. */
    public long position() {
        return position;
    }

    public void moveTo(long next) {
        position = next;
        appliedThrough = null;
    }

    /**
     * Moves back to the last record, a manifest. It is applied to its keys through this one, and must be taken again for the keys after it. If the
     * state is lost meanwhile, the whole manifest is applied again, which does no harm.
     */
    public void moveBackTo(SinkRecord record, EtcdRecord.Manifest manifest, String through) {
        position = record.kafkaOffset();
        chain.remove(manifest.chain());
        appliedThrough = through;
    }

    /** Returns the part of a manifest that is not applied. */
    EtcdRecord.Manifest unapplied(EtcdRecord.Manifest manifest, long offset) {
        return appliedThrough == null || offset != position ? manifest : manifest.after(appliedThrough);
    }

    void reach(Chain sender, Revision at) {
        reached.add(sender, at);
    }

    /** Returns the revision up to which everything in the partition is applied; {@link Revision#NONE} before the first record of this task. */
    public Revision applied() {
        return deferred.firstRevision()
                .map(first -> new Revision(first.epoch(), Math.max(0, first.revision() - 1)))
                .orElse(reached.highest().orElse(Revision.NONE));
    }

    /**
     * Returns the revision of a sender before which everything of its range is applied; {@link Revision#NONE} before the first record of this
     * task.
     */
    public Revision reached(KeyRange range) {
        Revision waiting = deferred.firstRevision(range);
        Revision taken = reached.of(range);
        return waiting == null || waiting.isAfter(taken) ? taken : waiting;
    }

    /** Returns the chain numbers of the records that were taken. */
    public SeenChain chain() {
        return chain;
    }

    public UntrustedRanges untrusted() {
        return untrusted;
    }

    public KnownSources sources() {
        return sources;
    }

    public DeferredKeys deferred() {
        return deferred;
    }

    /** Marks a range whose records were lost as untrusted, and drops its deferred inputs. The snapshot request is made later. */
    void lose(KeyRange range, long epoch, long nowMs) {
        deferred.removeWithin(range);
        untrusted.add(range, epoch, nowMs);
    }

    /** Returns the lowest offset that is not applied; -1 before the first record. */
    public long firstUnapplied() {
        return deferred.firstOffset().orElse(position);
    }

    /**
     * Returns the chain numbers up to which everything is applied. A task that begins at {@link #firstUnapplied()} with these numbers notices
     * if a deferred record was lost meanwhile.
     */
    public Map<KeyRange, Long> appliedChain() {
        Map<KeyRange, Long> applied = new HashMap<>(chain.all());
        for (Chain first : deferred.firstChains()) {
            applied.merge(first.range(), first.previous(), Math::min);
        }
        return applied;
    }
}
