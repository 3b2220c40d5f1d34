package dev.etcdpg.etcd.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.etcdpg.core.Revision;
import dev.etcdpg.core.record.Chain;
import dev.etcdpg.core.record.PgRecord;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.Test;

class ItemTest {

    private static final SinkRecord RECORD = new SinkRecord("pg.etcd", 0, null, null, null, null, 7);

    /** A key larger than a request: no answer can name it, and the task must go on all the same. */
    @Test
    void whatNotEvenItsAnswerFitsForIsBad() {
        PgRecord.Change change =
                new PgRecord.Change(new Chain(2, 1), "o", "etcd", "/k/a", "v", new Revision(1, 0), 0, null);
        Item answered = Item.tooLarge(new Item.Send(RECORD, change, null), "too large");
        assertThat(answered).isEqualTo(new Item.Send(RECORD, change, "too large"));
        assertThat(Item.tooLarge(answered, "still too large")).isEqualTo(new Item.Bad(RECORD, "still too large"));
        Item probe = new Item.Send(RECORD, new PgRecord.Probe(new Chain(2, 1), "o", "etcd", "/k/a", 1), null);
        assertThat(Item.tooLarge(probe, "too large")).isEqualTo(new Item.Bad(RECORD, "too large"));
    }
}
