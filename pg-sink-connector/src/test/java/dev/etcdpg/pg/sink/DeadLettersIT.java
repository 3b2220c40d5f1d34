package dev.etcdpg.pg.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.etcdpg.testing.servers.Postgres;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.Test;

/** Tests rows that PostgreSQL refuses. */
class DeadLettersIT {

    private final Postgres postgres = Postgres.shared();

    /** PostgreSQL ends a transaction that is idle for 30 s. A longer wait would write the dead letters again and again. */
    @Test
    void theSinkWaitsOnlySecondsForTheDeadLetterTopic() {
        try (Bench b = new Bench(postgres)) {
            b.put(b.event("/k/b", "1", 4));
            b.sql("alter table public.etcd add constraint short check (length(value) < 5)");
            SinkRecord[] records = {b.event("/k/a", "too long", 5), b.event("/k/b", "2", 6, 4, 2, 0)};
            CompletableFuture<Void> written = new CompletableFuture<>();
            b.context.reportResult(written);
            Instant before = Instant.now();
            assertThatThrownBy(() -> b.put(records)).isInstanceOf(RetriableException.class);
            assertThat(Duration.between(before, Instant.now())).isLessThan(Duration.ofSeconds(20));
            assertThat(b.table()).containsExactly("/k/b=1@4");
            b.sql("set lock_timeout = '5s'; update public.etcd set value = '1' where key = '/k/b'");
            written.complete(null);
            b.putUntilDone(records);
            assertThat(b.table()).containsExactly("/k/b=2@6");
            assertThat(b.context.deadLetters())
                    .as("handed over once, however long it takes")
                    .hasSize(1);
        }
    }

    @Test
    void aLongReasonIsTruncated() {
        try (Bench b = new Bench(postgres)) {
            b.sql("create function public.no() returns trigger language plpgsql as "
                    + "$$begin raise 'not this: %', new.value; end$$;"
                    + "create trigger no before insert on public.etcd for each row execute function public.no()");
            b.put(b.event("/k/a", "x".repeat(1_300_000), 5));
            assertThat(b.context.deadLetters()).hasSize(1);
            SinkRecord letter = b.context.deadLetters().get(0);
            assertThat(letter.value()).isNull();
            assertThat(letter.headers().lastWithName("etcdpg.value.omitted").value())
                    .isEqualTo(true);
            assertThat(letter.headers().lastWithName("etcdpg.reason").value().toString())
                    .contains("not this")
                    .hasSizeLessThan(1_100);
        }
    }

    @Test
    void theTaskStatusContainsNoValue() {
        try (Bench b = new Bench(postgres)) {
            b.sql(
                    "create function public.number() returns trigger language plpgsql as "
                            + "$$declare n int; begin n := new.value::int; return new; end$$;"
                            + "create trigger number before insert on public.etcd for each row execute function public.number()");
            b.context.removeReporter();
            SinkRecord record = b.event("/k/a", "hunter2", 5);
            assertThatThrownBy(() -> b.put(record))
                    .hasMessageContaining("/k/a")
                    .hasMessageContaining("SQLSTATE 22P02")
                    .hasMessageNotContaining("hunter2");
        }
    }
}
