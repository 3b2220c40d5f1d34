package dev.etcdpg.pg.sink.read;

import static org.assertj.core.api.Assertions.assertThat;

import dev.etcdpg.core.Revision;
import dev.etcdpg.core.record.Chain;
import dev.etcdpg.core.record.Outcome;
import dev.etcdpg.pg.sink.resolve.Content;
import dev.etcdpg.pg.sink.resolve.Input;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.Test;

class DeferredKeysTest {

    private final DeferredKeys deferred = new DeferredKeys();

    private static KeyInput put(long offset, String value) {
        Input input = new Input.Observed(new Revision(1, offset), Content.of(value), value, 1, 1, 0, 0);
        return input(offset, input);
    }

    private static KeyInput answer(long offset) {
        return input(offset, new Input.Answered(new Revision(1, offset), "o", 1, Outcome.REFUSED, null));
    }

    private static KeyInput input(long offset, Input input) {
        SinkRecord record = new SinkRecord("t", 0, null, "/k/a", null, "any", offset);
        return new KeyInput("/k/a", input, new Chain(offset + 1, offset), record);
    }

    @Test
    void onlyTheLastInputKeepsItsRecord() {
        deferred.add("/k/a", List.of(put(1, "a"), put(2, "b")));
        deferred.add("/k/a", List.of(answer(3)));
        deferred.add("/k/a", List.of(put(4, "c"), answer(5)));
        List<KeyInput> taken = deferred.takeFirst().get("/k/a");
        assertThat(taken).extracting(KeyInput::offset).containsExactly(1L, 2L, 3L, 4L, 5L);
        assertThat(taken).extracting(input -> input.record() != null).containsExactly(false, false, false, true, true);
        assertThat(deferred.isEmpty()).isTrue();
        assertThat(deferred.bytes()).isZero();
    }

    @Test
    void oneTransactionTakesAPartAndTheRestWaitsBehindIt() {
        deferred.add(
                "/k/a", IntStream.range(0, 2_500).mapToObj(i -> put(i, "v")).toList());
        deferred.add("/k/b", List.of(put(7, "v".repeat(3_000_000)), put(8, "w".repeat(3_000_000))));
        Map<String, List<KeyInput>> first = deferred.takeFirst();
        assertThat(first.get("/k/a")).hasSize(1_000);
        assertThat(first.get("/k/b")).hasSize(1);
        assertThat(deferred.firstOffset()).hasValue(8);
        deferred.putBack("/k/a", first.get("/k/a"));
        assertThat(deferred.firstOffset()).hasValue(0);
        assertThat(deferred.takeFirst().get("/k/a").get(999).offset()).isEqualTo(999);
        assertThat(deferred.takeFirst().get("/k/a").get(0).offset()).isEqualTo(1_000);
    }

    @Test
    void aCopyIsIndependent() {
        deferred.add("/k/a", List.of(put(1, "a")));
        DeferredKeys copy = deferred.copy();
        copy.add("/k/a", List.of(put(2, "b")));
        deferred.add("/k/a", List.of(put(3, "c")));
        assertThat(copy.takeFirst().get("/k/a")).extracting(KeyInput::offset).containsExactly(1L, 2L);
        assertThat(deferred.takeFirst().get("/k/a"))
                .extracting(KeyInput::offset)
                .containsExactly(1L, 3L);
    }

    @Test
    void theSizeCountsBytes() {
        deferred.add("/k/a", List.of(put(1, "v".repeat(1_000_000))));
        assertThat(deferred.bytes()).isBetween(4_000_000L, 4_001_000L);
        deferred.add("/k/a", List.of(put(2, "v")));
        assertThat(deferred.bytes()).isBetween(2_000_000L, 2_002_000L);
        assertThat(deferred.largest()).hasValue("/k/a");
    }
}
