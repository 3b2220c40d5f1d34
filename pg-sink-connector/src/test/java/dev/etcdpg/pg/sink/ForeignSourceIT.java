package dev.etcdpg.pg.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.etcdpg.core.record.EtcdRecord;
import dev.etcdpg.testing.servers.Postgres;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.Test;

/** Tests topics that are written by a source with another prefix, or by two sources. */
class ForeignSourceIT {

    private static final EtcdRecord.Source OURS = new EtcdRecord.Source("/k/", "etcd-source", "c1");
    private static final EtcdRecord.Source SECOND = new EtcdRecord.Source("/k/", "etcd-source-copy", "c1");
    private static final EtcdRecord.Source OTHER_CLUSTER = new EtcdRecord.Source("/k/", "etcd-source", "c2");
    private static final EtcdRecord.Source OTHER_PREFIX = new EtcdRecord.Source("/other/", "etcd-source", "c1");

    private final Postgres postgres = Postgres.shared();

    private Bench bench(String... settings) {
        Bench b = new Bench(postgres, settings);
        b.source = OURS;
        b.put(b.event("/k/a", "1", 5), b.event("/k/b", "1", 6));
        return b;
    }

    /** Earlier, the manifest deleted all rows and wrote deletions into the history. */
    @Test
    void aManifestOfAnotherPrefixDeletesNothingAndFailsTheTask() {
        try (Bench b = bench()) {
            SinkRecord last = b.event("/k/a", "2", 7);
            b.source = OTHER_PREFIX;
            SinkRecord manifest = b.manifest(9);
            assertFails(b, "/other/", "/k/", "etcd-source", "etcd.etcd-0", last, manifest);
            assertThat(b.table()).as("the records before are applied").containsExactly("/k/a=2@7", "/k/b=1@6");
            assertThat(b.history()).hasSize(3);
            b.crash();
            assertFails(b, "/other/", "/k/", "etcd-source", "etcd.etcd-0", manifest);

            b.settings.put("foreign.source", "skip");
            b.crash();
            SinkRecord end = b.end(9, 0);
            b.source = OURS;
            b.put(manifest, end, b.event("/k/a", "3", 10));
            assertThat(b.table()).containsExactly("/k/a=3@10", "/k/b=1@6");
            assertThat(b.context.deadLetters())
                    .extracting(SinkRecord::kafkaOffset)
                    .containsExactly(manifest.kafkaOffset(), end.kafkaOffset());
            assertThat(b.rows("select * from etcd_sync.etcd_snapshot")).isEmpty();
        }
    }

    @Test
    void anotherSourceMayTakeOverOnceAndTheReplacedOneIsRefused() {
        try (Bench b = bench()) {
            SinkRecord old = b.event("/k/a", "2", 7);
            b.put(old);
            b.source = SECOND;
            b.put(b.event("/k/a", "3", 8), b.manifest(9, "/k/a"));
            assertThat(b.table()).containsExactly("/k/a=3@8");
            b.crash();
            b.source = OURS;
            SinkRecord again = b.event("/k/a", "4", 10);
            assertFails(b, "etcd-source", "etcd-source-copy", "replaced", "etcd_accept_source", again);
            assertThat(b.table()).containsExactly("/k/a=3@8");
            b.crash();
            assertFails(b, "etcd-source", "etcd-source-copy", "replaced", "etcd_accept_source", again);

            assertThat(b.one("select etcd_sync.etcd_accept_source('etcd.etcd', 'etcd-source')"))
                    .isEqualTo("1");
            b.crash();
            b.put(again);
            assertThat(b.table()).containsExactly("/k/a=4@10");
            b.source = SECOND;
            assertFails(b, "etcd-source", "etcd-source-copy", "replaced", "foreign.source", b.event("/k/a", "5", 11));
        }
    }

    /** {@code etcd.endpoints} of the source leads to another cluster, and the source has lost its offsets or has another name. */
    @Test
    void aSourceOfAnotherEtcdClusterDeletesNothingAndFailsTheTask() {
        try (Bench b = bench()) {
            b.source = OTHER_CLUSTER;
            SinkRecord manifest = b.manifest(9);
            assertFails(b, "cluster c2", "cluster c1", "etcd.etcd-0", "history.policy=resnapshot", manifest);
            assertThat(b.table()).containsExactly("/k/a=1@5", "/k/b=1@6");
            assertThat(b.history()).hasSize(2);

            b.settings.put("history.policy", "resnapshot");
            b.crash();
            b.put(manifest);
            assertThat(b.table()).isEmpty();
        }
    }

    @Test
    void recordsOfAReplacedSourceMayBeReadAgain() {
        try (Bench b = bench()) {
            SinkRecord old = b.event("/k/a", "2", 7);
            b.put(old);
            b.source = SECOND;
            SinkRecord young = b.event("/k/a", "3", 8);
            b.put(young);
            b.sql("update etcd_sync.etcd_sink_offset set next_offset = " + old.kafkaOffset());
            b.crash();
            b.put(old, young);
            assertThat(b.table()).contains("/k/a=3@8");
            assertThat(b.history()).hasSize(4);
        }
    }

    private static void assertFails(Bench b, String a, String c, String d, String e, SinkRecord... records) {
        assertThatThrownBy(() -> b.put(records))
                .isInstanceOf(ConnectException.class)
                .isNotInstanceOf(RetriableException.class)
                .hasMessageContainingAll(a, c, d, e);
    }
}
