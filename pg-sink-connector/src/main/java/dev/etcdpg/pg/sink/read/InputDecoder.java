package dev.etcdpg.pg.sink.read;

import dev.etcdpg.core.Revision;
import dev.etcdpg.core.record.EtcdRecord;
import dev.etcdpg.pg.sink.resolve.Content;
import dev.etcdpg.pg.sink.resolve.Input;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Translates records into inputs of the rules. */
final class InputDecoder {

    private InputDecoder() {}

    /** Translates a record. Returns null for a record that concerns no single key. */
    static @Nullable Input of(EtcdRecord record) {
        if (record instanceof EtcdRecord.Event event) {
            EtcdRecord.Row row = event.after();
            return row == null
                    ? Input.Observed.absent(event.at(), event.snapshotRevision())
                    : new Input.Observed(
                            event.at(),
                            Content.of(row.value()),
                            row.value(),
                            row.createRevision(),
                            row.version(),
                            row.lease(),
                            event.snapshotRevision());
        } else if (record instanceof EtcdRecord.Unrepresentable event) {
            return Input.Observed.unrepresentable(event.at(), event.lease(), event.snapshotRevision());
        } else if (record instanceof EtcdRecord.Answer answer) {
            return new Input.Answered(answer.at(), answer.origin(), answer.of(), answer.outcome(), answer.reason());
        }
        return null;
    }

    /** Returns the revision of a record of any kind. */
    static Revision at(EtcdRecord record) {
        if (record instanceof EtcdRecord.Manifest manifest) {
            return manifest.at();
        } else if (record instanceof EtcdRecord.End end) {
            return end.at();
        } else if (record instanceof EtcdRecord.Heartbeat heartbeat) {
            return heartbeat.at();
        }
        return Objects.requireNonNull(of(record)).at();
    }
}
