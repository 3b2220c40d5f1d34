package dev.etcdpg.etcd.sink.read;

import static org.assertj.core.api.Assertions.assertThat;

import dev.etcdpg.core.Revision;
import dev.etcdpg.core.record.Chain;
import dev.etcdpg.core.record.PgRecord;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.Test;

class SinkInstructionTest {

    private static final SinkRecord RECORD = new SinkRecord("pg.etcd", 0, null, null, null, null, 7);

    /** An answer contains the key, so no answer exists for a key that is larger than a request. The task must continue. */
    @Test
    void aChangeWhoseAnswerDoesNotFitEitherIsRejected() {
        PgRecord.Change change =
                new PgRecord.Change(new Chain(2, 1), "o", "etcd", "/k/a", "v", new Revision(1, 0), 0, null);
        SinkInstruction answered = new SinkInstruction.Send(RECORD, change, null, null).refused("too large");
        assertThat(answered).isEqualTo(new SinkInstruction.Send(RECORD, change, null, "too large"));
        assertThat(answered.refused("still too large"))
                .isEqualTo(new SinkInstruction.Rejected(RECORD, "still too large"));
        SinkInstruction probe = new SinkInstruction.Send(
                RECORD, new PgRecord.Probe(new Chain(2, 1), "o", "etcd", "/k/a", 1), null, null);
        assertThat(probe.refused("too large")).isEqualTo(new SinkInstruction.Rejected(RECORD, "too large"));
    }
}
