package dev.etcdpg.pg.source;

import dev.etcdpg.core.Revision;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.source.SourceRecord;

/** What the PostgreSQL source makes of what dispatch has numbered. */
public final class ModelPgSource {

    /** What dispatch has numbered. */
    public record Numbered(long number, Send send) {

        public static Numbered change(
                long number,
                String route,
                String key,
                String value,
                long epoch,
                long revision,
                long lease,
                long change) {
            String op = value == null ? "delete" : "put";
            return new Numbered(
                    number,
                    new Send(
                            number,
                            "change",
                            route,
                            key,
                            op,
                            value,
                            epoch,
                            revision,
                            lease,
                            "W" + change,
                            null,
                            null,
                            null,
                            null,
                            change,
                            Instant.EPOCH,
                            0,
                            0,
                            false));
        }

        public static Numbered probe(long number, String route, String key, long of) {
            return of(number, "probe", route, key, 0, of, null, null, null);
        }

        public static Numbered request(long number, String route, long id, String after, String through) {
            return of(number, "request", route, null, 0, id, after, through, null);
        }

        public static Numbered newEpoch(long number, String route, long found, String reason) {
            return of(number, "new_epoch", route, null, found, null, null, null, reason);
        }

        /** @param send number under which it was sent last, null if it never was */
        public static Numbered conflict(
                long number,
                String route,
                String key,
                String value,
                Long send,
                long change,
                Revision base,
                Revision won) {
            String op = value == null ? "delete" : "put";
            return new Numbered(
                    number,
                    new Send(
                            number,
                            "conflict",
                            route,
                            key,
                            op,
                            value,
                            base.epoch(),
                            base.revision(),
                            0,
                            "W" + change,
                            send,
                            null,
                            null,
                            "lost",
                            change,
                            Instant.EPOCH,
                            won.epoch(),
                            won.revision(),
                            false));
        }

        private static Numbered of(
                long number,
                String kind,
                String route,
                String key,
                long epoch,
                Long of,
                String after,
                String through,
                String reason) {
            return new Numbered(
                    number,
                    new Send(
                            number, kind, route, key, null, null, epoch, 0, 0, null, of, after, through, reason, null,
                            null, 0, 0, false));
        }
    }

    private final SendRecords records;

    /** @param stored the offset to begin at, null for none */
    public ModelPgSource(String origin, int partitions, Map<String, ?> stored) {
        records = new SendRecords(origin, new Topics("pg", partitions, "pg.conflicts"), SourceOffset.of(stored));
    }

    /** Everything numbered up to here has become a record. */
    public long number() {
        return records.number();
    }

    public List<SourceRecord> records(List<Numbered> sends) {
        return sends.stream().map(numbered -> records.record(numbered.send())).toList();
    }

    public SourceRecord heartbeat(String route, int partition) {
        return records.heartbeat(route, partition);
    }

    public Map<String, ?> offset() {
        return records.offset().toMap();
    }
}
