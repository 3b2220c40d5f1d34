package dev.etcdpg.pg.sink.read;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.core.record.EtcdRecord;
import dev.etcdpg.core.sink.DeadLetter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/** Records of one topic partition that one transaction applies: records of keys, then at most one manifest or end mark. */
public final class Segment {

    /**
     * A record that concerns a range of keys. It is applied after the records of keys.
     *
     * @param content a manifest or an end mark
     */
    public record RangeRecord(EtcdRecord content, SinkRecord record) {}

    private final PartitionState state;
    private final Map<String, List<KeyInput>> work;
    private final List<DeadLetter> deadLetters = new ArrayList<>();
    private final Map<KeyRange, Long> gaps = new LinkedHashMap<>();
    private @Nullable RangeRecord rangeRecord;
    private KnownSources.@Nullable Identity replacedSource;

    private Segment(PartitionState state, Map<String, List<KeyInput>> work) {
        this.state = state;
        this.work = work;
    }

    /** Returns an empty segment that begins at the position of the partition. */
    static Segment after(PartitionState state) {
        return new Segment(state.copy(), new LinkedHashMap<>());
    }

    /** Returns a segment that tries the first deferred inputs of each key of a partition again, as many as one transaction can apply. */
    public static Segment retry(PartitionState state) {
        PartitionState copy = state.copy();
        return new Segment(copy, copy.deferred().takeFirst());
    }

    /** Returns the state of the partition after the whole segment is applied. */
    public PartitionState state() {
        return state;
    }

    /** Returns the inputs of each key, in order. */
    public Map<String, List<KeyInput>> work() {
        return work;
    }

    /** Returns the records that cannot be read or concern no key of the route. */
    public List<DeadLetter> deadLetters() {
        return deadLetters;
    }

    /** Returns the ranges in which records were lost, with the chain number of the last lost record. */
    public Map<KeyRange, Long> gaps() {
        return gaps;
    }

    public @Nullable RangeRecord rangeRecord() {
        return rangeRecord;
    }

    /** Returns the source that another source has replaced in this segment; null if there is none. */
    public KnownSources.@Nullable Identity replacedSource() {
        return replacedSource;
    }

    void replaced(KnownSources.Identity source) {
        replacedSource = source;
    }

    void add(KeyInput input) {
        work.computeIfAbsent(input.key(), key -> new ArrayList<>()).add(input);
    }

    void endWith(EtcdRecord content, SinkRecord record) {
        rangeRecord = new RangeRecord(content, record);
    }
}
