package dev.etcdpg.etcd.bookkeeping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.etcdpg.core.KeyRange;
import dev.etcdpg.core.record.Outcome;
import dev.etcdpg.etcd.kv.EtcdBytes;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.DataException;

/** The formats of the values are a contract between the connectors. */
class BookkeepingValuesTest {

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Example
    void epoch() {
        assertThat(EpochValue.write(77).text()).isEqualTo("77");
        assertThat(EpochValue.parse(bytes("77"))).isEqualTo(77);
        assertThat(EpochValue.parse(bytes(" 77\n"))).isEqualTo(77);
        for (String nonsense : new String[] {"", "x", "-5", "1.5", "99999999999999999999"}) {
            assertThat(EpochValue.parse(bytes(nonsense))).isZero();
        }
        assertThat(EpochValue.require("/epoch", EtcdBytes.of("77"))).isEqualTo(77);
        for (String nonsense : new String[] {"", "x", "-5", " 77", "77\n", "077"}) {
            assertThatThrownBy(() -> EpochValue.require("/epoch", EtcdBytes.of(nonsense)))
                    .isInstanceOf(ConnectException.class)
                    .hasMessageContaining("/epoch");
        }
        assertThat(EpochValue.next(5, 1_000)).isEqualTo(1_000);
        assertThat(EpochValue.next(2_000, 1_000)).isEqualTo(2_001);
    }

    @Example
    void answers() {
        assertThat(new AnswerValue(3, Outcome.REFUSED, "absent").write().text())
                .isEqualTo("{\"n\":3,\"outcome\":\"refused\",\"reason\":\"absent\"}");
        assertThat(new AnswerValue(3, Outcome.PROCESSED, null).write().text())
                .isEqualTo("{\"n\":3,\"outcome\":\"processed\"}");
        assertThat(AnswerValue.answers(3, new AnswerValue(3, Outcome.FAILED, null).write()))
                .isTrue();
        assertThat(AnswerValue.answers(2, new AnswerValue(3, Outcome.FAILED, null).write()))
                .isFalse();
        assertThat(AnswerValue.answers(3, EtcdBytes.of("{\"n\":3}")))
                .describedAs("the source cannot read a value in this form")
                .isFalse();
        for (String nonsense : new String[] {"", "7", "[]", "{\"n\":1,\"outcome\":\"eaten\"}", "secret"}) {
            assertThatThrownBy(() -> AnswerValue.parse(bytes(nonsense)))
                    .isInstanceOf(DataException.class)
                    .hasMessageNotContaining("secret");
        }
    }

    @Property
    void everyAnswerIsReadAsItWasWritten(@ForAll long of, @ForAll Outcome outcome, @ForAll String reason) {
        AnswerValue answer = new AnswerValue(of, outcome, reason.replaceAll("[\\ud800-\\udfff]", ""));
        assertThat(AnswerValue.parse(answer.write().toByteArray())).isEqualTo(answer);
    }

    @Example
    void requests() {
        RequestValue request = new RequestValue(new KeyRange("/a", "/b"));
        assertThat(request.write().text()).isEqualTo("{\"after\":\"/a\",\"through\":\"/b\"}");
        assertThat(RequestValue.parse(request.write().toByteArray())).isEqualTo(request);
        for (String nonsense : new String[] {"", "x", "[]", "{}", "{\"after\":\"/b\",\"through\":\"/a\"}"}) {
            assertThat(RequestValue.parse(bytes(nonsense)).range()).isEqualTo(KeyRange.ALL);
        }
    }

    @Example
    void answeredParts() {
        AnsweredPartValue part = new AnsweredPartValue(31, new KeyRange("/a", ""));
        assertThat(part.write().text()).isEqualTo("{\"request\":31,\"after\":\"/a\",\"through\":\"\"}");
        assertThat(AnsweredPartValue.parse(part.write().toByteArray())).contains(part);
        for (String nonsense : new String[] {"", "x", "[]", "{}", "31 /a\n", "{\"request\":31}"}) {
            assertThat(AnsweredPartValue.parse(bytes(nonsense))).isEmpty();
        }
    }

    @Example
    void progress() {
        SinkProgress written = new SinkProgress(5, Map.of("o", 9L), Map.of(), "me", false);
        assertThat(new SinkProgress(0, Map.of("o", 9L), Map.of(), null, false)
                        .write()
                        .text())
                .isEqualTo("{\"next\":0,\"last\":{\"o\":9}}");
        for (SinkProgress progress : new SinkProgress[] {written, written.lost(true), SinkProgress.startingAt(3)}) {
            assertThat(SinkProgress.parse("key", progress.write())).isEqualTo(progress);
        }
        assertThat(SinkProgress.parse("key", EtcdBytes.of("{\"next\":3,\"more\":1}")))
                .isEqualTo(SinkProgress.startingAt(3));
        assertThatThrownBy(() -> SinkProgress.parse("/the/key", EtcdBytes.of("secret")))
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining("/the/key")
                .hasMessageNotContaining("secret");
    }

    @Example
    void mergingLosesNothing() {
        SinkProgress written = new SinkProgress(5, Map.of("o", 9L), Map.of(), "me", false);
        SinkProgress other = new SinkProgress(3, Map.of("o", 10L, "p", 1L), Map.of(), "x", true);
        SinkProgress merged = written.mergedWith(other);
        assertThat(merged).isEqualTo(new SinkProgress(5, Map.of("o", 10L, "p", 1L), Map.of(), "me", true));
        assertThat(merged.isBehind(written) || merged.isBehind(other)).isFalse();
        assertThat(written.passed(new ChainSender("o", null), 8)).isEqualTo(written);
    }

    @Example
    void aFormerDatabaseThatSendsAgainIsRefused() {
        ChainSender a = new ChainSender("o", "A");
        ChainSender b = new ChainSender("o", "B");
        SinkProgress first = SinkProgress.startingAt(0).takenOverBy(a, "A", 0).passed(a, 7);
        assertThat(first.judge(a, 8)).isEqualTo(ChainSender.Judgement.CURRENT);
        assertThat(first.judge(new ChainSender("o", null), 8)).isEqualTo(ChainSender.Judgement.CURRENT);
        assertThat(first.judge(new ChainSender("p", "B"), 8)).isEqualTo(ChainSender.Judgement.NEW);
        assertThat(first.judge(b, 6)).isEqualTo(ChainSender.Judgement.NEW);

        SinkProgress second = first.takenOverBy(b, "B", 5);
        assertThat(second.lastOf(b)).describedAs("numbers of B branch off").isEqualTo(5);
        assertThat(second.databaseOf("o")).isEqualTo("B");
        assertThat(second.judge(b, 6)).isEqualTo(ChainSender.Judgement.CURRENT);
        assertThat(second.judge(a, 7)).isEqualTo(ChainSender.Judgement.OLD);
        assertThat(second.judge(a, 8)).isEqualTo(ChainSender.Judgement.REFUSED);
        assertThat(second.isBehind(first)).isFalse();
        assertThat(second.write().text()).contains("\"databases\":{\"o\":{\"current\":\"B\",\"superseded\":[\"A\"]}}");
        assertThat(SinkProgress.parse("key", second.write())).isEqualTo(second);

        assertThat(first.takenOverBy(b, "B", 9).lastOf(b))
                .describedAs("the sink has not seen numbers 8 and 9")
                .isEqualTo(7);
        assertThat(first.mergedWith(second.withNext(1)).databaseOf("o")).isEqualTo("B");
        assertThat(second.withNext(1).mergedWith(first).databaseOf("o")).isEqualTo("B");
    }

    @Example
    void origins() {
        OriginValue value = new OriginValue("A", 7, Set.of()).after("B", 9);
        assertThat(value.write().text()).isEqualTo("{\"current\":\"B\",\"since\":9,\"superseded\":[\"A\"]}");
        assertThat(OriginValue.parse(value.write())).contains(value);
        for (String nonsense : new String[] {"", "x", "[]", "{}", "null"}) {
            assertThat(OriginValue.parse(EtcdBytes.of(nonsense))).isEmpty();
        }
    }
}
