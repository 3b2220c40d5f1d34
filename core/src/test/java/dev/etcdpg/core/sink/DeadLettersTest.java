package dev.etcdpg.core.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.etcdpg.core.Revision;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
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

    private static final SinkRecord RECORD = record("/k/a", "secret");
    private static final DeadLetter LETTER = new DeadLetter(RECORD, "/k/a", new Revision(7, 42), "too long");

    private static final DeadLetterConfig CONFIG = new DeadLetterConfig("letters", 1_048_576);
    /** The future that Connect returns if its producer refuses a record at once. */
    private static final Future<Void> DONE = CompletableFuture.completedFuture(null);

    private final List<SinkRecord> reported = new ArrayList<>();
    private final List<Throwable> errors = new ArrayList<>();

    private static SinkRecord record(String key, String value) {
        return new SinkRecord(
                "renamed",
                3,
                Schema.STRING_SCHEMA,
                key,
                Schema.STRING_SCHEMA,
                value,
                17,
                1_000L,
                TimestampType.CREATE_TIME,
                new ConnectHeaders().addString("theirs", "kept"),
                "topic",
                3,
                17);
    }

    private DeadLetters writing(Future<Void> future) {
        ErrantRecordReporter reporter = (record, error) -> {
            reported.add(record);
            errors.add(error);
            return future;
        };
        return letters(reporter);
    }

    private static DeadLetters letters(ErrantRecordReporter reporter) {
        return new DeadLetters(reporter, CONFIG, Duration.ofMinutes(1));
    }

    private DeadLetters neverWriting() {
        return impatient((record, error) -> {
            reported.add(record);
            return new CompletableFuture<>();
        });
    }

    private static DeadLetters impatient(ErrantRecordReporter reporter) {
        return new DeadLetters(reporter, CONFIG, Duration.ofSeconds(1));
    }

    /** The future of a letter that a broker writes. It completes after the reporter has returned. */
    private static Future<Void> soon(Throwable failure) {
        return new CompletableFuture<>() {
            @Override
            public boolean isDone() {
                return false;
            }

            @Override
            public Void get(long timeout, TimeUnit unit) throws ExecutionException {
                if (failure != null) {
                    throw new ExecutionException(failure);
                }
                return null;
            }
        };
    }

    @Test
    void aLetterIsTheRecordWithHeadersForPlaceAndReason() {
        writing(soon(null)).report(List.of(LETTER));
        SinkRecord letter = reported.get(0);
        assertThat(letter).isNotSameAs(RECORD);
        assertThat(letter.headers().lastWithName("etcdpg.reason").value()).isEqualTo("too long");
        assertThat(letter.headers().lastWithName("etcdpg.key").value()).isEqualTo("/k/a");
        assertThat(letter.headers().lastWithName("etcdpg.epoch").value()).isEqualTo(7L);
        assertThat(letter.headers().lastWithName("etcdpg.revision").value()).isEqualTo(42L);
        assertThat(letter.headers().lastWithName("theirs").value()).isEqualTo("kept");
        assertThat(RECORD.headers()).as("the record itself does not change").hasSize(1);
        assertThat(letter)
                .usingRecursiveComparison()
                .ignoringFields("headers")
                .as("the rest of the record does not change, and neither does its original place")
                .isEqualTo(RECORD);
        assertThat(errors).singleElement().isInstanceOf(DataException.class);
    }

    @Test
    void aLetterOfAnUnreadableRecordHasNoKeyAndNoRevision() {
        writing(soon(null)).report(List.of(new DeadLetter(RECORD, null, null, "no JSON")));
        assertThat(reported.get(0).headers())
                .extracting(header -> header.key())
                .containsExactlyInAnyOrder("theirs", "etcdpg.reason");
    }

    @Test
    void allLettersAreReportedBeforeTheFirstWait() {
        assertThatThrownBy(() -> neverWriting().report(List.of(LETTER, LETTER, LETTER)))
                .isInstanceOf(RetriableException.class);
        assertThat(reported).hasSize(3);
    }

    @Test
    void theWaitForATopicHasATimeout() {
        assertThatThrownBy(() -> neverWriting().report(List.of(LETTER)))
                .isInstanceOf(RetriableException.class)
                .hasMessageContaining("was not written within 1 s");
    }

    /** Otherwise a topic that is slower than the timeout would get the same letters again and again. */
    @Test
    void aSecondCallWaitsForLettersThatWereReported() {
        CompletableFuture<Void> slow = new CompletableFuture<>();
        DeadLetters letters = impatient((record, error) -> {
            reported.add(record);
            return slow.isDone() ? soon(null) : slow;
        });
        DeadLetter other = new DeadLetter(RECORD, "/k/b", new Revision(7, 42), "too long");
        assertThatThrownBy(() -> letters.report(List.of(LETTER))).isInstanceOf(RetriableException.class);
        assertThatThrownBy(() -> letters.report(List.of(LETTER, other))).isInstanceOf(RetriableException.class);
        assertThat(reported).hasSize(2);
        slow.complete(null);
        letters.report(List.of(LETTER, other));
        assertThat(reported).hasSize(2);
        letters.report(List.of(LETTER));
        assertThat(reported)
                .as("the same letter may have to be reported again later")
                .hasSize(3);
    }

    @Test
    void anErrorOfTheTopicFailsTheTask() {
        Future<Void> denied = soon(new TopicAuthorizationException("not for you"));
        assertThatThrownBy(() -> writing(denied).report(List.of(LETTER)))
                .isInstanceOf(ConnectException.class)
                .isNotInstanceOf(RetriableException.class)
                .hasMessageContaining("not for you")
                .hasCauseInstanceOf(TopicAuthorizationException.class);
    }

    @Test
    void aLargeLetterIsReportedWithoutItsValueAtOnce() {
        SinkRecord record = record("/k/a", "x".repeat(1_048_000));
        writing(soon(null)).report(List.of(new DeadLetter(record, "/k/a", new Revision(7, 42), "too long")));
        assertThat(reported).hasSize(1);
        SinkRecord letter = reported.get(0);
        assertThat(letter.value()).isNull();
        assertThat(letter.headers().lastWithName("etcdpg.value.omitted").value())
                .isEqualTo(true);
        assertThat(letter.headers().lastWithName("etcdpg.reason").value()).isEqualTo("too long");
        assertThat(letter.headers().lastWithName("etcdpg.key").value()).isEqualTo("/k/a");
        assertThat(letter.originalKafkaOffset()).isEqualTo(17);
        assertThat(letter.key()).isEqualTo("/k/a");
    }

    @Test
    void aLetterThatTheProducerRefusesIsReportedWithoutItsValue() {
        ErrantRecordReporter reporter = (record, error) -> {
            reported.add(record);
            return record.value() == null ? soon(null) : DONE;
        };
        letters(reporter).report(List.of(LETTER));
        assertThat(reported).extracting(SinkRecord::value).containsExactly("secret", null);
    }

    /** On a busy machine the broker can answer before the reporting thread runs again. */
    @Test
    void aFastAnswerOfTheBrokerIsNoError() {
        ErrantRecordReporter reporter = (record, error) -> {
            reported.add(record);
            return reported.size() < 4 ? DONE : soon(null);
        };
        letters(reporter).report(List.of(LETTER));
        assertThat(reported).extracting(SinkRecord::value).containsExactly("secret", null, null, null);
    }

    @Test
    void aMissingRightToWriteFailsTheTask() {
        assertThatThrownBy(() -> writing(DONE).report(List.of(LETTER)))
                .isInstanceOf(ConnectException.class)
                .isNotInstanceOf(RetriableException.class)
                .hasMessageContaining("letters accepts no records")
                .hasMessageContaining("renamed-3 offset 17, key /k/a");
    }

    @Test
    void withoutATopicConnectOnlyLogsLetters() {
        ErrantRecordReporter reporter = (record, error) -> {
            reported.add(record);
            return DONE;
        };
        new DeadLetters(reporter, new DeadLetterConfig("", 1_048_576), Duration.ofMinutes(1)).report(List.of(LETTER));
        assertThat(reported).hasSize(1);
    }

    @Test
    void theWaitForABlockedReporterHasATimeout() throws InterruptedException {
        CountDownLatch interrupted = new CountDownLatch(1);
        DeadLetters letters = impatient((record, error) -> {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
            return DONE;
        });
        assertThatThrownBy(() -> letters.report(List.of(LETTER)))
                .isInstanceOf(RetriableException.class)
                .hasMessageContaining("was not written within 1 s");
        assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aLetterWithoutItsValueIsSmallForEveryRecord() {
        String large = "\u0001\ud83d\ude00".repeat(500_000);
        SinkRecord record = record(large, large);
        record.headers().addString("theirs", large);
        SinkRecord letter = new DeadLetter(record, large, new Revision(7, 42), "quotes " + large).withoutValue();
        assertThat(DeadLetterSize.of(letter)).isLessThan(65_536);
    }

    @Test
    void aReasonIsCutBetweenCharacters() {
        assertThat(new DeadLetter(RECORD, null, null, "x".repeat(1_000)).reason())
                .isEqualTo("x".repeat(1_000));
        assertThat(new DeadLetter(RECORD, null, null, "x".repeat(999) + "\ud83d\ude00y").reason())
                .isEqualTo("x".repeat(999) + "…");
        assertThat(new DeadLetter(RECORD, null, null, "x".repeat(998) + "\ud83d\ude00y").reason())
                .isEqualTo("x".repeat(998) + "\ud83d\ude00…");
    }

    /** Connect logs errors, and writes them into headers and into the status of a task. */
    @Test
    void errorsDoNotContainTheValue() {
        DeadLetter letter = new DeadLetter(
                RECORD, "/k/a", new Revision(7, 42), "SQLSTATE 22P02", "invalid input syntax: \"secret\"");
        writing(soon(null)).report(List.of(letter));
        assertThat(errors).singleElement().satisfies(error -> assertThat(error.getMessage())
                .contains("etcdpg.reason", "renamed-3 offset 17, key /k/a", "SQLSTATE 22P02")
                .doesNotContain("secret"));
        assertThat(reported.get(0).headers().lastWithName("etcdpg.reason").value())
                .isEqualTo("invalid input syntax: \"secret\"");
        assertThatThrownBy(() -> letters(null).report(List.of(letter)))
                .hasMessageContaining("SQLSTATE 22P02")
                .hasMessageNotContaining("secret");
    }

    @Test
    void aKeyInTheLogIsShortAndOnOneLine() {
        assertThat(new DeadLetter(RECORD, "/k/a\nWARN forged", null, "why").place())
                .doesNotContain("\n");
        assertThat(new DeadLetter(RECORD, "x".repeat(100_000), null, "why").place())
                .hasSizeLessThan(300);
    }

    @Test
    void withoutAReporterTheTaskFailsAndNamesTheSettings() {
        assertThatThrownBy(() -> letters(null).report(List.of(LETTER)))
                .isInstanceOf(ConnectException.class)
                .isNotInstanceOf(RetriableException.class)
                .hasMessageContaining("errors.deadletterqueue.topic.name")
                .hasMessageContaining("renamed-3 offset 17, key /k/a, revision 7.42: too long");
    }

    @Test
    void anErrorThatConnectDoesNotTolerateFailsTheTask() {
        ConnectException notTolerated = new ConnectException("tolerance exceeded");
        DeadLetters letters = letters((record, error) -> {
            throw notTolerated;
        });
        assertThatThrownBy(() -> letters.report(List.of(LETTER))).isSameAs(notTolerated);
    }

    @Test
    void anInterruptIsNotSwallowed() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> neverWriting().report(List.of(LETTER))).isInstanceOf(ConnectException.class);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void withoutLettersNoTopicIsNeeded() {
        letters(null).report(List.of());
    }
}
