package dev.etcdpg.pg.sink.read;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.core.record.EtcdRecord;
import dev.etcdpg.core.sink.DeadLetter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * What one transaction does of one topic partition: records of keys, then at most one manifest or end mark, which comes into effect at its
 * place in the order.
 */
public final class Segment {

    private final PartitionState lane;
    private final Map<String, List<KeyInput>> work;
    private final List<DeadLetter> bad = new ArrayList<>();
    private final Map<KeyRange, Long> lost = new LinkedHashMap<>();
    private EtcdRecord control;
    private SinkRecord controlRecord;

    Segment(PartitionState lane, Map<String, List<KeyInput>> work) {
        this.lane = lane;
        this.work = work;
    }

    /** What is set aside, to be tried again. */
    public static Segment retry(PartitionState lane) {
        PartitionState copy = lane.copy();
        return new Segment(copy, copy.takeAside());
    }

    /** The partition as it will be when all of this has been applied. */
    public PartitionState lane() {
        return lane;
    }

    /** Of each key what is said, in order. */
    public Map<String, List<KeyInput>> work() {
        return work;
    }

    /** Records that cannot even be read, or belong to no key of the route. */
    public List<DeadLetter> bad() {
        return bad;
    }

    /** Ranges in which the chain was broken, with the number of the record that was missing. */
    public Map<KeyRange, Long> lost() {
        return lost;
    }

    /** A manifest, an end mark or null. */
    public EtcdRecord control() {
        return control;
    }

    public SinkRecord controlRecord() {
        return controlRecord;
    }

    void add(KeyInput item) {
        work.computeIfAbsent(item.key(), key -> new ArrayList<>()).add(item);
    }

    void end(EtcdRecord with, SinkRecord record) {
        control = with;
        controlRecord = record;
    }
}
