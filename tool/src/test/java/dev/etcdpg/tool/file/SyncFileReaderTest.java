package dev.etcdpg.tool.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SyncFileReaderTest {

    private static final String FULL =
            """
            name: shop
            etcd:
              endpoints:
                - https://etcd-1:2379
                - https://etcd-2:2379
              user: sync
              password: ${env:ETCD_PASSWORD}
              cacert: /etc/ca.pem
              cert: /etc/sync.pem
              key: /etc/sync.key
              serverName: etcd
            postgres:
              url: jdbc:postgresql://db:5432/app
              user: sync
              password: ${file:/etc/secrets.properties:pg}
            kafka:
              bootstrapServers: kafka:9092
              replicationFactor: 3
              properties:
                security.protocol: SSL
            connect:
              url: http://connect:8083
              user: admin
              password: ${env:CONNECT_PASSWORD}
            routes:
              - prefix: /config/
                table: public.config
                direction: both
                conflictPolicy: manual
                partitions: 8
              - prefix: /features/
                table: features
                direction: from-etcd
            settings:
              etcdSource:
                snapshot.fetch.size: 100
              pgSink:
                auto.create: false
              pgNotifySource:
                notify: false
              etcdSink:
                max.txn.keys: 50
            """;

    @Test
    void everyFieldIsRead() {
        SyncFile file = SyncFileReader.parse("sync.yaml", FULL);

        assertThat(file.name()).isEqualTo("shop");
        assertThat(file.etcd().endpoints()).containsExactly("https://etcd-1:2379", "https://etcd-2:2379");
        assertThat(file.etcd().password()).isEqualTo("${env:ETCD_PASSWORD}");
        assertThat(file.etcd().serverName()).isEqualTo("etcd");
        assertThat(file.postgres().password()).isEqualTo("${file:/etc/secrets.properties:pg}");
        assertThat(file.kafka().replicationFactor()).isEqualTo(3);
        assertThat(file.kafka().properties()).containsEntry("security.protocol", "SSL");
        assertThat(file.connect().user()).isEqualTo("admin");
        RouteEntry config = file.routes().get(0);
        assertThat(config.schema()).isEqualTo("public");
        assertThat(config.name()).isEqualTo("config");
        assertThat(config.conflictPolicy()).isEqualTo("manual");
        assertThat(config.partitions()).isEqualTo(8);
        RouteEntry features = file.routes().get(1);
        assertThat(features.schema()).isEqualTo("public");
        assertThat(features.direction()).isEqualTo(Direction.FROM_ETCD);
        assertThat(features.partitions()).isEqualTo(4);
        assertThat(file.settings().pgSink()).containsEntry("auto.create", "false");
        assertThat(file.settings().etcdSource()).containsEntry("snapshot.fetch.size", "100");
    }

    @Test
    void theSmallestFileHasDefaults() {
        SyncFile file = SyncFileReader.parse(
                "sync.yaml",
                """
                etcd: {endpoints: ["http://etcd:2379"]}
                postgres: {url: "postgresql://db/app"}
                routes: [{prefix: /config/, table: config}]
                """);

        assertThat(file.name()).isEqualTo("etcd-pg");
        assertThat(file.kafka()).isNull();
        assertThat(file.settings().etcdSink()).isEmpty();
        assertThat(file.routes().get(0).direction()).isEqualTo(Direction.BOTH);
    }

    /** A typing error in the name of each field. */
    @ParameterizedTest
    @CsvSource({
        "name, nmae",
        "etcd, ectd",
        "endpoints, endpionts",
        "cacert, cacerts",
        "cert, crt",
        "key, ky",
        "serverName, servername",
        "postgres, postgre",
        "kafka, kafak",
        "bootstrapServers, bootstrap.servers",
        "replicationFactor, replicationfactor",
        "properties, propertys",
        "connect, conect",
        "routes, route",
        "prefix, prefx",
        "table, tabel",
        "direction, dirction",
        "conflictPolicy, conflictpolicy",
        "partitions, partition",
        "settings, setting",
        "etcdSource, etcdsource",
        "pgSink, pg_sink",
        "pgNotifySource, pgNotifyScource",
        "etcdSink, etcSink"
    })
    void aMistypedFieldIsNamedWithTheOneThatIsMeant(String field, String mistyped) {
        String text = FULL.replaceFirst("(?m)^([ -]*)" + field + ":", "$1" + mistyped + ":");
        assertThat(text).isNotEqualTo(FULL);

        List<Problem> problems = problems(text);

        assertThat(problems).anySatisfy(problem -> assertThat(problem.sentence())
                .isEqualTo("Unknown field " + mistyped + ". Did you mean " + field + "?"));
        assertThat(problems).allSatisfy(problem -> assertThat(problem.place()).startsWith("sync.yaml line "));
    }

    /** A value that cannot be right in each field that restricts its values. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "name: shop | name: Shop! | name",
                "- https://etcd-1:2379 | - etcd-1:2379 | etcd.endpoints[0]",
                "serverName: etcd | serverName: [etcd] | etcd.serverName",
                "url: jdbc:postgresql://db:5432/app | url: jdbc:mysql://db/app | postgres.url",
                "bootstrapServers: kafka:9092 | bootstrapServers: kafka | kafka.bootstrapServers",
                "replicationFactor: 3 | replicationFactor: three | kafka.replicationFactor",
                "url: http://connect:8083 | url: connect:8083 | connect.url",
                "prefix: /config/ | prefix: '' | routes[0].prefix",
                "table: public.config | table: public.Config | routes[0].table",
                "direction: both | direction: to-both | routes[0].direction",
                "conflictPolicy: manual | conflictPolicy: newest | routes[0].conflictPolicy",
                "partitions: 8 | partitions: 0 | routes[0].partitions",
                "partitions: 8 | partitions: many | routes[0].partitions",
                "notify: false | notify: [] | settings.pgNotifySource"
            })
    void aWrongValueIsNamedWithItsPlace(String right, String wrong, String place) {
        String text = FULL.replace(right, wrong);
        assertThat(text).isNotEqualTo(FULL);

        assertThat(problems(text)).singleElement().satisfies(problem -> {
            assertThat(problem.place()).matches("sync.yaml line \\d+, " + java.util.regex.Pattern.quote(place) + ".*");
            assertThat(problem.sentence()).startsWith("The ");
        });
    }

    @Test
    void missingFieldsAreNamed() {
        assertThat(problems("name: shop"))
                .extracting(Problem::sentence)
                .containsExactlyInAnyOrder(
                        "The field etcd is missing.", "The field postgres is missing.", "The field routes is missing.");
        assertThat(problems(""))
                .extracting(Problem::sentence)
                .singleElement()
                .asString()
                .contains("is empty");
    }

    @Test
    void twoRoutesDoNotShareKeysOrNames() {
        assertThat(problems(FULL.replace("/features/", "/config/features/")))
                .extracting(Problem::place)
                .containsExactly("routes[1].prefix");
        assertThat(problems(FULL.replace("table: features", "table: other.config")))
                .extracting(Problem::place)
                .containsExactly("routes[1].table");
    }

    @Test
    void whatIsNotYamlIsSaidWithItsLine() {
        assertThat(problems(FULL.replace("kafka:\n", "kafka\n")))
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.place()).startsWith("sync.yaml line ");
                    assertThat(problem.sentence()).startsWith("This is not YAML: ");
                });
        assertThat(problems(FULL + "name: again\n")).singleElement().satisfies(problem -> assertThat(problem.sentence())
                .containsIgnoringCase("duplicate"));
    }

    /** A password can stand where it does not belong. */
    @Test
    void noSentenceShowsAValue() {
        String secret = "hunter2-hunter2";
        List<Problem> problems = problems(FULL.replace("url: jdbc:postgresql://db:5432/app", "url: " + secret)
                .replace("direction: both", "direction: " + secret)
                .replace("partitions: 8", "partitions: " + secret));

        assertThat(problems).hasSize(3);
        assertThat(problems.toString()).doesNotContain(secret);
    }

    private static List<Problem> problems(String text) {
        ProblemsException exception =
                catchThrowableOfType(ProblemsException.class, () -> SyncFileReader.parse("sync.yaml", text));
        assertThat(exception).as("a problem is found").isNotNull();
        return exception.problems();
    }
}
