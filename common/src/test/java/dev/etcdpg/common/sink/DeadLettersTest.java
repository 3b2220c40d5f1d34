package dev.etcdpg.common.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.etcdpg.common.Revision;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.sink.ErrantRecordReporter;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.Test;

class DeadLettersTest {

    private static final SinkRecord RECORD = new SinkRecord(
            "renamed",
            3,
            Schema.STRING_SCHEMA,
            "/k/a",
            Schema.STRING_SCHEMA,
            "secret",
            17,
            1_000L,
            TimestampType.CREATE_TIME,
            new ConnectHeaders().addString("theirs", "kept"),
            "topic",
            3,
            17);
    private static final DeadLetter LETTER = new DeadLetter(RECORD, "/k/a", new Revision(7, 42), "too long");

    private final List<SinkRecord> reported = new ArrayList<>();
    private final List<Throwable> errors = new ArrayList<>();

    private DeadLetters writing(Future<Void> future) {
        ErrantRecordReporter reporter = (record, error) -> {
            reported.add(record);
            errors.add(error);
            return future;
        };
        return new DeadLetters(reporter, Duration.ofMillis(50));
    }

    @Test
    void isTheRecordWithHeadersThatSayWhatAndWhy() {
        writing(CompletableFuture.completedFuture(null)).report(List.of(LETTER));
        SinkRecord letter = reported.get(0);
        assertThat(letter).isNotSameAs(RECORD);
        assertThat(letter.headers().lastWithName("etcdpg.reason").value()).isEqualTo("too long");
        assertThat(letter.headers().lastWithName("etcdpg.key").value()).isEqualTo("/k/a");
        assertThat(letter.headers().lastWithName("etcdpg.epoch").value()).isEqualTo(7L);
        assertThat(letter.headers().lastWithName("etcdpg.revision").value()).isEqualTo(42L);
        assertThat(letter.headers().lastWithName("theirs").value()).isEqualTo("kept");
        assertThat(RECORD.headers()).as("the record itself is left alone").hasSize(1);
        assertThat(letter)
                .usingRecursiveComparison()
                .ignoringFields("headers")
                .as("all else is as it was, where it came from too")
                .isEqualTo(RECORD);
        assertThat(errors).singleElement().isInstanceOf(DataException.class);
    }

    @Test
    void whatCouldNotBeReadHasNoKeyAndNoRevision() {
        writing(CompletableFuture.completedFuture(null)).report(List.of(new DeadLetter(RECORD, null, null, "no JSON")));
        assertThat(reported.get(0).headers())
                .extracting(header -> header.key())
                .containsExactlyInAnyOrder("theirs", "etcdpg.reason");
    }

    @Test
    void allAreSentBeforeTheFirstIsWaitedFor() {
        assertThatThrownBy(() -> writing(new CompletableFuture<>()).report(List.of(LETTER, LETTER, LETTER)))
                .isInstanceOf(RetriableException.class);
        assertThat(reported).hasSize(3);
    }

    @Test
    void aTopicThatIsNotWrittenIsNotWaitedForForEver() {
        assertThatThrownBy(() -> writing(new CompletableFuture<>()).report(List.of(LETTER)))
                .isInstanceOf(RetriableException.class)
                .hasMessageContaining("was not written within");
    }

    @Test
    void aTopicThatCannotBeWrittenFailsTheTask() {
        Future<Void> denied = CompletableFuture.failedFuture(new TopicAuthorizationException("not for you"));
        assertThatThrownBy(() -> writing(denied).report(List.of(LETTER)))
                .isInstanceOf(ConnectException.class)
                .isNotInstanceOf(RetriableException.class)
                .hasMessageContaining("not for you")
                .hasCauseInstanceOf(TopicAuthorizationException.class);
    }

    @Test
    void whatTheTopicIsTooSmallForGoesThereWithoutItsValue() {
        ErrantRecordReporter reporter = (record, error) -> {
            reported.add(record);
            return record.value() == null
                    ? CompletableFuture.completedFuture(null)
                    : CompletableFuture.failedFuture(new RecordTooLargeException("large"));
        };
        new DeadLetters(reporter).report(List.of(LETTER));
        assertThat(reported).hasSize(2);
        SinkRecord letter = reported.get(1);
        assertThat(letter.value()).isNull();
        assertThat(letter.headers().lastWithName("etcdpg.value.omitted").value())
                .isEqualTo(true);
        assertThat(letter.headers().lastWithName("etcdpg.reason").value()).isEqualTo("too long");
        assertThat(letter.originalKafkaOffset()).isEqualTo(17);
        assertThat(letter.key()).isEqualTo("/k/a");
    }

    @Test
    void keysInTheLogAreShortAndOnOneLine() {
        assertThat(new DeadLetter(RECORD, "/k/a\nWARN forged", null, "why").place())
                .doesNotContain("\n");
        assertThat(new DeadLetter(RECORD, "x".repeat(100_000), null, "why").place())
                .hasSizeLessThan(300);
    }

    @Test
    void withoutATopicTheTaskFailsAndSaysWhatToSet() {
        assertThatThrownBy(() -> new DeadLetters(null).report(List.of(LETTER)))
                .isInstanceOf(ConnectException.class)
                .isNotInstanceOf(RetriableException.class)
                .hasMessageContaining("errors.deadletterqueue.topic.name")
                .hasMessageContaining("renamed-3 offset 17, key /k/a")
                .hasMessageContaining("too long");
    }

    @Test
    void whatConnectDoesNotTolerateFailsTheTask() {
        ConnectException notTolerated = new ConnectException("tolerance exceeded");
        DeadLetters letters = new DeadLetters((record, error) -> {
            throw notTolerated;
        });
        assertThatThrownBy(() -> letters.report(List.of(LETTER))).isSameAs(notTolerated);
    }

    @Test
    void anInterruptIsNotSwallowed() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> writing(new CompletableFuture<>()).report(List.of(LETTER)))
                .isInstanceOf(ConnectException.class);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void nothingToReportNeedsNoTopic() {
        new DeadLetters(null).report(List.of());
    }
}
