package dev.etcdpg.testing.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.etcdpg.testing.servers.JmxBeans;
import dev.etcdpg.testing.stack.Examples;
import dev.etcdpg.testing.stack.TopicReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Secrets come from Kafka's config providers, also in URLs and in routes. The test plants passwords and values of keys, also in places where
 * something fails, and looks for them in everything that a worker shows.
 */
class SecretsIT {

    private static final String PASSWORD = "planted-password-91";
    private static final String NEW_PASSWORD = "planted-password-92";
    private static final String WRONG_PASSWORD = "planted-password-93";
    private static final String ETCD_PASSWORD = "planted-password-94";
    private static final String ANY_PASSWORD = "planted-password";
    private static final String VALUE = "planted-value";

    private final Sides sides = Sides.shared();
    private final ExampleSystem system = new ExampleSystem(sides, ExampleSystem.unused("secrets"));
    private final String role = system.name + "_role";
    /** What the environment of the worker adds to the prefix of the system. */
    private final String prefix = "/" + system.name + System.getenv("HOME") + "/";

    @TempDir
    private Path folder;

    private Path file;

    @AfterEach
    void close() {
        sides.connect().logLevel("dev.etcdpg", "INFO");
        system.close();
    }

    private void writeSecrets(String password) throws IOException {
        file = folder.resolve("secrets.properties");
        Files.writeString(
                file,
                "password=" + password + "\nurl=" + sides.stack.postgres().jdbcUrl(system.name) + "\nendpoint="
                        + sides.stack.etcd().endpoint() + "\nprefix=" + prefix + "\netcd=" + ETCD_PASSWORD + "\n");
        Files.writeString(folder.resolve("password"), password);
    }

    private void put(String example) {
        sides.connect().put(system.connector(example), config(example));
    }

    private Map<String, String> config(String example) {
        Map<String, String> config = system.config(example);
        if (config.remove("etcd.prefix") != null) {
            config.put(
                    "routes",
                    example.equals("pg-sink")
                            ? "etcd=${file:" + file + ":prefix}"
                            : "etcd=/" + system.name + "${env:HOME}/");
        }
        if (example.startsWith("pg")) {
            config.put("connection.url", "${file:" + file + ":url}");
            config.put("connection.user", role);
            config.put(
                    "connection.password",
                    example.equals("pg-sink")
                            ? "${file:" + file + ":password}"
                            : "${directory:" + folder + ":password}");
        } else {
            config.put("etcd.endpoints", "${file:" + file + ":endpoint}");
        }
        return config;
    }

    @Test
    void aWorkerShowsNoSecret() throws IOException {
        sides.connect().logLevel("dev.etcdpg", "DEBUG");
        writeSecrets(PASSWORD);
        sides.stack
                .postgres()
                .execute(
                        system.name,
                        "create role " + role + " login password '" + PASSWORD + "'; grant create on database "
                                + system.name + " to " + role + "; grant create on schema public to " + role);
        Examples.NAMES.forEach(this::put);
        Examples.NAMES.forEach(example -> sides.awaitRunning(system.connector(example)));
        writeBothSides();
        refuseSome();
        changeThePassword();
        failWithAWrongPassword();

        List<String> shown = new ArrayList<>(metrics());
        assertThat(shown).as("metrics").hasSizeGreaterThan(100);
        shown.addAll(sides.workerLog().lines().toList());
        shown.add(sides.connect().everything().toString());
        Examples.NAMES.forEach(example -> {
            shown.add(sides.connect().config(system.connector(example)).toString());
            shown.add(sides.connect().offsets(system.connector(example)).toString());
            shown.add(sides.connect().validate(config(example)).toString());
        });
        shown.addAll(refusals());
        assertThat(shown).noneMatch(line -> line.contains(ANY_PASSWORD)).noneMatch(line -> line.contains(VALUE));
        assertThat(headers()).as("headers of dead letters").noneMatch(header -> header.contains(ANY_PASSWORD));
        assertThat(headers())
                .as("values, in the header of the reason only")
                .noneMatch(header -> header.contains(VALUE) && !header.startsWith("etcdpg.reason="));
    }

    /** Returns a line for each bean of Kafka and of this project. */
    private List<String> metrics() {
        List<String> lines = new ArrayList<>();
        try (JmxBeans beans = JmxBeans.of(sides.stack.worker(1))) {
            for (String pattern : List.of("kafka.*:*", "dev.etcdpg*:*")) {
                beans.read(pattern).forEach((bean, attributes) -> lines.add(bean + " " + attributes));
            }
        }
        return lines;
    }

    private void writeBothSides() {
        String key = prefix + "key";
        sides.etcd.put(key, VALUE + " from etcd");
        system.awaitRows("public.etcd", Map.of(key, VALUE + " from etcd"));
        system.awaitSnapshot();
        system.postgres.execute("update public.etcd set value = '" + VALUE + " from SQL' where key = ?", key);
        await("the change in etcd").until(() -> (VALUE + " from SQL").equals(sides.etcd.get(key)));
    }

    /** A value that PostgreSQL cannot hold, one that a constraint refuses, and one that a trigger refuses and quotes. */
    private void refuseSome() {
        system.postgres.execute("alter table public.etcd add constraint short check (length(value) < 100)");
        system.postgres.execute(
                "create function public.refuse() returns trigger language plpgsql as $$ begin"
                        + " if new.key like '%quoted' then raise exception 'refused: %', new.value; end if; return new; end $$");
        system.postgres.execute(
                "create trigger refuse before insert on public.etcd for each row execute function public.refuse()");
        sides.etcd.put(
                (prefix + "bytes").getBytes(StandardCharsets.UTF_8), (VALUE + "\0").getBytes(StandardCharsets.UTF_8));
        sides.etcd.put(prefix + "long", VALUE.repeat(20));
        sides.etcd.put(prefix + "quoted", VALUE);
        await("two dead letters of the sink").until(() -> letters("pg-sink-" + system.name + ".dlq") >= 2);
    }

    /** The connection is refused until the file has the new password, which Connect reads when the task starts again. */
    private void changeThePassword() throws IOException {
        sides.stack.postgres().execute(system.name, "alter role " + role + " password '" + NEW_PASSWORD + "'");
        sides.stack
                .postgres()
                .execute(
                        system.name,
                        "select pg_terminate_backend(pid) from pg_stat_activity where usename = '" + role + "'");
        String failure = system.awaitFailure("pg-sink");
        assertThat(failure).contains("password authentication failed");
        writeSecrets(NEW_PASSWORD);
        for (String example : List.of("pg-sink", "pg-notify-source")) {
            sides.connect().restart(system.connector(example));
            sides.awaitRunning(system.connector(example));
        }
        sides.etcd.put(prefix + "key", VALUE + " again");
        await("the change in PostgreSQL").until(() -> system.postgres
                .query("select value from public.etcd where key = '" + prefix + "key'")
                .equals(List.of(VALUE + " again")));
    }

    /** The status of the connector shows why the task fails. */
    private void failWithAWrongPassword() throws IOException {
        writeSecrets(WRONG_PASSWORD);
        sides.connect().restart(system.connector("pg-sink"));
        assertThat(system.awaitFailure("pg-sink")).contains("password authentication failed");
    }

    /** Returns the answers to configurations that are refused. */
    private List<String> refusals() {
        List<String> answers = new ArrayList<>();
        Map<String, String> wrong = config("pg-sink");
        answers.add(refused(wrong, "connection.password"));
        wrong.put("connection.password", WRONG_PASSWORD);
        answers.add(refused(wrong, "connection.password"));
        Map<String, String> etcd = new HashMap<>(config("etcd-source"));
        etcd.put("etcd.user", "nobody");
        etcd.put("etcd.password", "${file:" + file + ":etcd}");
        answers.add(sides.connect().validate(etcd).toString());
        return answers;
    }

    private String refused(Map<String, String> config, String setting) {
        JsonNode answer = sides.connect().validate(config);
        assertThat(answer.path("configs"))
                .anyMatch(one -> one.path("value").path("name").asText().equals(setting)
                        && !one.path("value").path("errors").isEmpty());
        return answer.toString();
    }

    private long letters(String topic) {
        List<Integer> found = new ArrayList<>();
        if (new TopicReader(sides.stack.kafka().bootstrap()).exists(topic)) {
            new TopicReader(sides.stack.kafka().bootstrap())
                    .read(topic, Long.MAX_VALUE, record -> found.add(record.partition()));
        }
        return found.size();
    }

    /** Returns the headers of all dead letters as name=value. */
    private List<String> headers() {
        List<String> headers = new ArrayList<>();
        TopicReader reader = new TopicReader(sides.stack.kafka().bootstrap());
        for (String topic :
                List.of("etcd.dlq", "pg-sink-" + system.name + ".dlq", "etcd-sink-" + system.name + ".dlq")) {
            if (reader.exists(topic)) {
                reader.read(topic, Long.MAX_VALUE, record -> {
                    for (Header header : record.headers()) {
                        headers.add(header.key() + "=" + TopicReader.text(header.value()));
                    }
                });
            }
        }
        return headers;
    }
}
