package dev.etcdpg.pg.sink.read;

import dev.etcdpg.core.Route;
import dev.etcdpg.core.config.LossPolicy;
import dev.etcdpg.core.record.Chain;
import dev.etcdpg.core.record.EtcdRecord;
import dev.etcdpg.core.record.EtcdRecordCodec;
import dev.etcdpg.core.sink.DeadLetter;
import dev.etcdpg.pg.sink.resolve.ContradictionPolicy;
import dev.etcdpg.pg.sink.resolve.Input;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Deque;
import java.util.List;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/** Cuts the records of a topic partition into segments, and notices lost records by the chain. */
public final class RecordReader {

    private final LossPolicy policy;
    private final ForeignSourcePolicy foreignSources;
    private final ContradictionPolicy contradictions;
    private final String origin;
    private final Clock clock;

    /**
     * @param origin UUID of this database; answers to other databases are left out
     * @param clock returns the time at which a loss is found
     */
    public RecordReader(
            LossPolicy policy,
            ForeignSourcePolicy foreignSources,
            ContradictionPolicy contradictions,
            String origin,
            Clock clock) {
        this.policy = policy;
        this.foreignSources = foreignSources;
        this.contradictions = contradictions;
        this.origin = origin;
        this.clock = clock;
    }

    /**
     * Takes the first records: up to the next manifest or end mark, which is the last one taken, or up to a gap.
     *
     * @param records not empty; the records taken are removed
     * @throws ConnectException if records were lost, or the first record comes from a foreign source, and the policy is to fail
     */
    public Segment take(PartitionState from, Deque<SinkRecord> records) {
        Segment segment = Segment.after(from);
        PartitionState state = segment.state();
        while (!records.isEmpty() && segment.rangeRecord() == null) {
            SinkRecord record = records.element();
            EtcdRecord content = decode(record, segment);
            String foreign = content == null
                    ? null
                    : SourceCheck.refusal(content, state, contradictions == ContradictionPolicy.RESNAPSHOT);
            if (foreign != null && foreignSources == ForeignSourcePolicy.FAIL && state.position() != from.position()) {
                // the records before are applied and committed before the task fails
                break;
            } else if (content != null && foreign != null) {
                // not part of the chain of the route's own source
                skip(segment, content, record, foreign);
            } else if (content != null && isOfAnotherPartition(content, record, state)) {
                // not part of this chain: its number would hide a loss
                segment.deadLetters()
                        .add(new DeadLetter(record, null, InputDecoder.at(content), "written to another partition"));
            } else if (content != null) {
                if (state.chain().isBrokenBy(content.chain())) {
                    if (!segment.work().isEmpty()) {
                        // the records before the gap are applied and committed before the gap is handled
                        break;
                    }
                    lose(segment, content);
                }
                KnownSources.Identity replaced = SourceCheck.accept(content, state);
                if (replaced != null) {
                    segment.replaced(replaced);
                }
                state.chain().add(content.chain());
                state.reach(content.chain(), InputDecoder.at(content));
                take(segment, content, record);
            }
            state.moveTo(record.kafkaOffset() + 1);
            records.remove();
        }
        return segment;
    }

    /** Decodes a record. Returns null for a tombstone and for a record that cannot be read. */
    private static @Nullable EtcdRecord decode(SinkRecord record, Segment segment) {
        if (record.value() == null) {
            return null;
        }
        try {
            return EtcdRecordCodec.decode(record.value());
        } catch (DataException e) {
            segment.deadLetters()
                    .add(new DeadLetter(record, null, null, "not a record of the etcd source: " + e.getMessage()));
            return null;
        }
    }

    private void skip(Segment segment, EtcdRecord content, SinkRecord record, String foreign) {
        if (foreignSources == ForeignSourcePolicy.FAIL) {
            throw new ConnectException("Offset " + record.kafkaOffset() + " of "
                    + segment.state().partition() + " has a record of a foreign source: " + foreign
                    + ". The record is not applied. Correct the settings of the connector that must not write this topic, or delete "
                    + "the connector. Then set foreign.source=skip, so that its records go to the dead letter topic. If the source "
                    + "may write the topic again, call etcd_accept_source('"
                    + segment.state().partition().topic() + "', '"
                    + content.source().name() + "') and restart the task.");
        }
        segment.deadLetters()
                .add(new DeadLetter(record, content.key(), InputDecoder.at(content), "foreign source: " + foreign));
    }

    private void lose(Segment segment, EtcdRecord next) {
        Chain chain = next.chain();
        PartitionState state = segment.state();
        if (policy == LossPolicy.FAIL) {
            throw new ConnectException("Records of " + state.partition() + " were lost: number " + chain.previous()
                    + " was sent before number " + chain.number() + " and has not come (last seen "
                    + state.chain().last(chain.range())
                    + "). Look for retention, an SMT or a converter that drops records; then set loss.policy=heal to have "
                    + "the range read again.");
        }
        segment.gaps().put(chain.range(), chain.previous());
        if (policy == LossPolicy.HEAL) {
            state.lose(chain.range(), InputDecoder.at(next).epoch(), clock.millis());
        }
    }

    private void take(Segment segment, EtcdRecord content, SinkRecord record) {
        if (content instanceof EtcdRecord.Manifest || content instanceof EtcdRecord.End) {
            segment.endWith(
                    content instanceof EtcdRecord.Manifest manifest
                            ? segment.state().unapplied(manifest, record.kafkaOffset())
                            : content,
                    record);
            return;
        }
        Input input = InputDecoder.of(content);
        String key = content.key();
        if (input == null || key == null) {
            return; // a heartbeat
        }
        PartitionState state = segment.state();
        String refusal = refusal(state.route(), key);
        if (refusal != null) {
            segment.deadLetters().add(new DeadLetter(record, key, input.at(), refusal));
        } else if (!isIgnored(state, key, input)) {
            KeyInput keyInput = new KeyInput(key, input, content.chain(), record);
            if (state.deferred().contains(key)) {
                state.deferred().add(key, List.of(keyInput));
            } else {
                segment.add(keyInput);
            }
        }
    }

    /** Returns whether the record was copied from another partition. A manifest would then claim that all keys of this partition are gone. */
    private static boolean isOfAnotherPartition(EtcdRecord content, SinkRecord record, PartitionState state) {
        int partition = state.partition().partition();
        Header written = record.headers().lastWithName(EtcdRecordCodec.PARTITION_HEADER);
        if (written != null && !text(written.value()).equals(Integer.toString(partition))) {
            return true;
        }
        return content instanceof EtcdRecord.Manifest manifest
                && !manifest.keys().stream().allMatch(key -> manifest.isOfPartition(key, partition));
    }

    /** Returns the text of a header. A header converter may have parsed the number, or left the bytes. */
    private static String text(Object header) {
        return header instanceof byte[] bytes ? new String(bytes, StandardCharsets.UTF_8) : String.valueOf(header);
    }

    private static @Nullable String refusal(Route route, String key) {
        if (!route.contains(key)) {
            return "the key is outside of route " + route.name() + ", whose prefix is " + route.prefix();
        }
        int length = key.getBytes(StandardCharsets.UTF_8).length;
        return length > Route.MAX_KEY_BYTES
                ? "the key has " + length + " bytes, more than " + Route.MAX_KEY_BYTES
                : null;
    }

    /** Returns whether the input is an answer to another database, or an answer from before a gap, however late it comes. */
    private boolean isIgnored(PartitionState state, String key, Input input) {
        return input instanceof Input.Answered answer
                && (!answer.origin().equals(origin) || state.untrusted().contains(key));
    }
}
