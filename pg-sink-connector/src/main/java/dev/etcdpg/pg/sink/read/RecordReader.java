package dev.etcdpg.pg.sink.read;

import dev.etcdpg.core.Route;
import dev.etcdpg.core.config.LossPolicy;
import dev.etcdpg.core.record.Chain;
import dev.etcdpg.core.record.EtcdRecord;
import dev.etcdpg.core.record.EtcdRecordCodec;
import dev.etcdpg.core.sink.DeadLetter;
import dev.etcdpg.pg.sink.resolve.Input;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.sink.SinkRecord;

/** Cuts the records of a topic partition into segments, and notices by their chain when some were lost. */
public final class RecordReader {

    private final LossPolicy policy;
    private final String origin;
    private final Clock clock;

    /** @param origin UUID of this database: answers to others are left out */
    public RecordReader(LossPolicy policy, String origin, Clock clock) {
        this.policy = policy;
        this.origin = origin;
        this.clock = clock;
    }

    /**
     * Takes the first records up to the next manifest or end mark, or up to a gap.
     *
     * @param records not empty; those taken are removed
     * @throws ConnectException if records were lost and that is to fail the task
     */
    public Segment take(PartitionState from, Deque<SinkRecord> records) {
        Segment segment = new Segment(from.copy(), new LinkedHashMap<>());
        PartitionState lane = segment.lane();
        while (!records.isEmpty() && segment.control() == null) {
            SinkRecord record = records.peek();
            EtcdRecord read = read(record, segment);
            if (read != null && isOfAnotherLane(read, record, lane)) {
                // no part of this chain: its number would hide what is lost
                segment.bad().add(new DeadLetter(record, null, InputDecoder.at(read), "written to another partition"));
            } else if (read != null) {
                Chain chain = read.chain();
                if (chain.previous() > lane.seen(chain.range())) {
                    if (!segment.work().isEmpty()) {
                        // what was said before the gap is applied, and committed, before the gap is dealt with
                        break;
                    }
                    lost(segment, read);
                }
                lane.see(chain.range(), chain.number());
                take(segment, read, record);
            }
            lane.moveTo(record.kafkaOffset() + 1);
            records.remove();
        }
        return segment;
    }

    /** Null for what is no record of ours: a tombstone, or something bad. */
    private static EtcdRecord read(SinkRecord record, Segment segment) {
        if (record.value() == null) {
            return null;
        }
        try {
            return EtcdRecordCodec.decode(record.value());
        } catch (DataException e) {
            segment.bad().add(new DeadLetter(record, null, null, "not a record of the etcd source: " + e.getMessage()));
            return null;
        }
    }

    private void lost(Segment segment, EtcdRecord read) {
        Chain chain = read.chain();
        PartitionState lane = segment.lane();
        if (policy == LossPolicy.FAIL) {
            throw new ConnectException("Records of " + lane.partition() + " were lost: number " + chain.previous()
                    + " was sent before number " + chain.number() + ", and has not come (last seen "
                    + lane.seen(chain.range())
                    + "). Look for retention, an SMT or a converter that drops records; then set loss.policy=heal to have "
                    + "the range read again.");
        }
        segment.lost().put(chain.range(), chain.previous());
        if (policy == LossPolicy.HEAL) {
            lane.lose(chain.range(), InputDecoder.at(read).epoch(), clock.millis());
        }
    }

    private void take(Segment segment, EtcdRecord read, SinkRecord record) {
        if (read instanceof EtcdRecord.Manifest || read instanceof EtcdRecord.End) {
            segment.end(read, record);
            return;
        }
        Input input = InputDecoder.of(read);
        if (input == null) {
            return;
        }
        PartitionState lane = segment.lane();
        String key = EtcdRecordCodec.key(read);
        String refusal = refusal(lane.route(), key);
        if (refusal != null) {
            segment.bad().add(new DeadLetter(record, key, input.at(), refusal));
        } else if (!isForNobody(lane, key, input)) {
            KeyInput item = new KeyInput(key, input, record);
            if (lane.isAside(key)) {
                lane.setAside(key, List.of(item));
            } else {
                segment.add(item);
            }
        }
    }

    /** Copied by somebody: a manifest would say of all keys of this partition that they are gone. */
    private static boolean isOfAnotherLane(EtcdRecord read, SinkRecord record, PartitionState lane) {
        int partition = lane.partition().partition();
        Header written = record.headers().lastWithName(EtcdRecordCodec.PARTITION_HEADER);
        if (written != null && !text(written.value()).equals(Integer.toString(partition))) {
            return true;
        }
        return read instanceof EtcdRecord.Manifest manifest
                && !manifest.keys().stream().allMatch(key -> manifest.isOfPartition(key, partition));
    }

    /** What the header's converter makes of a number, or leaves as it is. */
    private static String text(Object header) {
        return header instanceof byte[] bytes ? new String(bytes, StandardCharsets.UTF_8) : String.valueOf(header);
    }

    private static String refusal(Route route, String key) {
        if (!route.contains(key)) {
            return "the key is outside of route " + route.name() + ", whose prefix is " + route.prefix();
        }
        int length = key.getBytes(StandardCharsets.UTF_8).length;
        return length > Route.MAX_KEY_BYTES
                ? "the key has " + length + " bytes, more than " + Route.MAX_KEY_BYTES
                : null;
    }

    /** An answer to another database; or one from before a gap, however late it comes. */
    private boolean isForNobody(PartitionState lane, String key, Input input) {
        return input instanceof Input.Answered answer && (!answer.origin().equals(origin) || lane.isBlind(key));
    }
}
