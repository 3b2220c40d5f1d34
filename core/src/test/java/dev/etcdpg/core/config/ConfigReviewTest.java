package dev.etcdpg.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.etcdpg.core.Route;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigDef;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigReviewTest {

    private static final String JSON = "org.apache.kafka.connect.json.JsonConverter";
    private static final Set<String> KNOWN = Set.of("snapshot.mode", "etcd.prefix", "poll.interval.ms");

    private static Map<String, String> settings(String... pairs) {
        Map<String, String> settings = new HashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            settings.put(pairs[i], pairs[i + 1]);
        }
        return settings;
    }

    @ParameterizedTest
    @CsvSource({
        "snapshot.moed, snapshot.mode",
        "snapshotmode, snapshot.mode",
        "etcd.perfix, etcd.prefix",
        "poll.intervall.ms, poll.interval.ms",
        "topic, topics",
        "error.tolerance, errors.tolerance",
        "task.max, tasks.max",
        "topic.creation.default.partition, topic.creation.default.partitions",
        "topic.creation.large.max.mesage.bytes, topic.creation.large.max.message.bytes",
        "errors.deadletterqueue.topic, errors.deadletterqueue.topic.name"
    })
    void anUnknownSettingIsNamedWithTheMeantOne(String typed, String meant) {
        assertThat(UnknownSettings.sentences(KNOWN, Set.of(typed, "name", "etcd.prefix")))
                .containsExactly("Unknown setting " + typed + ", which has no effect. Did you mean " + meant + "?");
    }

    @Test
    void aSettingThatIsLikeNoOtherHasNoSuggestion() {
        assertThat(UnknownSettings.sentences(KNOWN, Set.of("batch.bytes")))
                .containsExactly("Unknown setting batch.bytes, which has no effect.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tasks.max",
                "value.converter.schemas.enable",
                "transforms.revisions.type",
                "predicates.p.type",
                "topic.creation.default.partitions",
                "topic.creation.default.replication.factor",
                "topic.creation.large.include",
                "topic.creation.large.max.message.bytes",
                "topic.creation.groups",
                "producer.override.linger.ms",
                "consumer.override.isolation.level",
                "kafka.security.protocol",
                "errors.deadletterqueue.context.headers.enable"
            })
    void settingsOfConnectAreKnown(String name) {
        assertThat(UnknownSettings.sentences(KNOWN, Set.of(name))).isEmpty();
    }

    @Test
    void aConverterThatCannotCarryStructuresIsAMistake() {
        Map<String, String> text = settings("value.converter", "org.apache.kafka.connect.storage.StringConverter");
        assertThat(ConverterRules.mistake(text, false)).hasValueSatisfying(message -> assertThat(message)
                .contains("StringConverter", "JsonConverter", "schemas.enable=false"));
        assertThat(ConverterRules.mistake(text, true)).isPresent();
        assertThat(ConverterRules.mistake(settings("value.converter", "io.example.AvroConverter"), true))
                .isEmpty();
    }

    /** A converter with schemas refuses records without a schema; one without schemas reads both. */
    @Test
    void aSinkReadsJsonWithoutTheConvertersSchemas() {
        assertThat(ConverterRules.mistake(settings("value.converter", JSON), true))
                .hasValueSatisfying(message -> assertThat(message).contains("value.converter.schemas.enable=false"));
        assertThat(ConverterRules.mistake(
                        settings("value.converter", JSON, "value.converter.schemas.enable", "true"), true))
                .isPresent();
        assertThat(ConverterRules.mistake(
                        settings("value.converter", JSON, "value.converter.schemas.enable", "FALSE"), true))
                .isEmpty();
        assertThat(ConverterRules.mistake(settings("value.converter", JSON), false))
                .as("a source")
                .isEmpty();
    }

    @Test
    void theConverterOfTheWorkerIsAWarning() {
        assertThat(ConverterRules.mistake(Map.of(), true)).isEmpty();
        assertThat(ConverterRules.warnings(Map.of())).hasSize(2);
        assertThat(ConverterRules.warnings(settings("value.converter", JSON)))
                .singleElement()
                .satisfies(warning -> assertThat(warning).startsWith("key.converter is not set"));
        assertThat(ConverterRules.warnings(settings("value.converter", JSON, "key.converter", JSON)))
                .isEmpty();
    }

    /** Earlier, each record with a key became a dead letter, and the connector said nothing. */
    @Test
    void aConverterThatRefusesTheKeysIsAMistake() {
        assertThat(ConverterRules.keyMistake(Map.of(), true)).isEmpty();
        assertThat(ConverterRules.keyMistake(settings("key.converter", JSON), true))
                .hasValueSatisfying(message ->
                        assertThat(message).contains("key.converter.schemas.enable", "storage.StringConverter"));
        assertThat(ConverterRules.keyMistake(settings("key.converter", JSON), false))
                .as("a source")
                .isEmpty();
        assertThat(ConverterRules.keyMistake(
                        settings("key.converter", JSON, "key.converter.schemas.enable", "true"), true))
                .as("both sides have schemas")
                .isEmpty();
        assertThat(ConverterRules.keyMistake(
                        settings("key.converter", "org.apache.kafka.connect.storage.StringConverter"), true))
                .isEmpty();
        assertThat(ConverterRules.keyMistake(
                        settings("key.converter", "org.apache.kafka.connect.converters.LongConverter"), false))
                .isPresent();
    }

    @Test
    void aPrefixWithoutASeparatorIsAWarning() {
        assertThat(RouteConfig.warnings(settings("etcd.prefix", "/ns")))
                .singleElement()
                .satisfies(warning -> assertThat(warning).contains("/ns", "/nsother/key", "set /ns/"));
        assertThat(RouteConfig.warnings(settings("etcd.prefix", "/ns/"))).isEmpty();
        assertThat(RouteConfig.warnings(settings("routes", "a=/a/, b=/b,c=/c.")))
                .hasSize(1);
        assertThat(RouteConfig.warnings(Map.of())).isEmpty();
        assertThat(RouteConfig.warnings(settings("etcd.prefix", " /a/ ")))
                .singleElement()
                .satisfies(warning -> assertThat(warning).contains("\" /a/ \"", "The prefix is \"/a/\""));
        assertThat(ConfigReview.warnings(
                        RouteConfig.define(new ConfigDef()),
                        settings("etcd.prefix", "/ns", "routs", "x", "key.converter", JSON, "value.converter", JSON)))
                .hasSize(2);
    }

    @Test
    void aTopicWithoutARouteIsAMistake() {
        assertThat(topics("etcd.app", false)).isEmpty();
        assertThat(topics("etcd.app, etcd.ap", false)).singleElement().satisfies(message -> assertThat(message)
                .contains("etcd.ap belongs to no route", "etcd.app, etcd.svc"));
        assertThat(topics("plain", false)).hasSize(1);
        assertThat(topics("plain,etcd.app", true)).isEmpty();
        assertThat(topics("plain,etcd.ap", true)).hasSize(1);
        assertThat(topics("", false)).as("a regular expression").isEmpty();
    }

    @Test
    void aFurtherTopicOfASourceIsNoTopicOfARoute() {
        List<Route> routes = List.of(new Route("app", "/a/"), new Route("dlq", "/s/"));
        assertThat(OwnTopics.mistake("dead.letter.topic", "etcd.letters", routes, "etcd"))
                .isEmpty();
        assertThat(OwnTopics.mistake("dead.letter.topic", "etcd.dlq", routes, "etcd"))
                .hasValueSatisfying(
                        message -> assertThat(message).contains("dead.letter.topic is etcd.dlq", "route dlq"));
    }

    /** The sink would read its own dead letters. */
    @Test
    void theDeadLetterTopicOfASinkIsNoneOfItsTopics() {
        assertThat(deadLetters("topics", "etcd.app, etcd.svc")).isEmpty();
        assertThat(deadLetters("topics", "etcd.app, dlq")).singleElement().satisfies(message -> assertThat(message)
                .contains("errors.deadletterqueue.topic.name is dlq", "(topics)"));
        assertThat(deadLetters("topics.regex", "etcd[.].*")).isEmpty();
        assertThat(deadLetters("topics.regex", "(etcd[.].*|dl.)"))
                .singleElement()
                .satisfies(message -> assertThat(message).contains("(topics.regex)"));
        assertThat(deadLetters("topics.regex", "((")).isEmpty();
    }

    private static List<String> deadLetters(String setting, String value) {
        Config report = new Config(new ArrayList<>());
        ConfigReview.anySink(
                new ConfigDef(), settings(setting, value, "errors.deadletterqueue.topic.name", "dlq"), report);
        return report.configValues().stream()
                .flatMap(one -> one.errorMessages().stream())
                .toList();
    }

    private static List<String> topics(String topics, boolean acceptsOthers) {
        Config report = new Config(new ArrayList<>());
        List<Route> routes = List.of(new Route("app", "/a/"), new Route("svc", "/s/"));
        ConfigReview.sinkTopics(settings("topics", topics), routes, "etcd", acceptsOthers, report);
        return report.configValues().stream()
                .flatMap(value -> value.errorMessages().stream())
                .toList();
    }
}
