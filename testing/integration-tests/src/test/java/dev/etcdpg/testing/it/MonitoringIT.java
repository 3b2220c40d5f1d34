package dev.etcdpg.testing.it;

import static dev.etcdpg.testing.it.Sides.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.etcdpg.testing.servers.ConnectWorker;
import dev.etcdpg.testing.servers.Postgres;
import dev.etcdpg.testing.servers.Prometheus;
import dev.etcdpg.testing.stack.Checkout;
import dev.etcdpg.testing.stack.Stack;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ToLongFunction;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Prometheus reads the worker with the files of config-examples/monitoring. The test breaks the system in the ways that the alerts are for. Each
 * alert fires, and ends when the cause is gone. The durations in the rules are a thirtieth of those in the file. The build leaves out two alerts
 * that take minutes; {@code -Dit.alerts=all} waits for them too.
 */
class MonitoringIT {

    private static final int FASTER = 30;
    /** The sink looks for their causes once a minute. */
    private static final List<String> SLOW = List.of("EtcdPgChangesUnread", "EtcdPgChangesNotCaptured");

    private static final boolean WAITS_FOR_ALL =
            System.getProperty("it.alerts", "").equals("all");
    private static final Duration SOON = Duration.ofSeconds(120);
    private static final Path FOLDER = Checkout.examples().resolve("monitoring");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern ALERT = Pattern.compile("(?m)^ *- alert: (\\w+)$");
    /** A part of all values. No log may have it. */
    private static final String VALUE = "the secret of MonitoringIT";

    private static final int LARGE = 1_400_000;

    private final Sides sides = Sides.shared();
    private final Set<String> fired = new TreeSet<>();
    private final String run = Long.toString(System.currentTimeMillis(), 36);

    @TempDir
    private Path folder;

    private Prometheus prometheus;

    @Test
    void eachAlertFiresAndEnds() throws Exception {
        assumeTrue(Prometheus.isAvailable(), "Prometheus is neither installed nor a package here");
        // With this timeout, the sink looks for unanswered requests every 20 s instead of every minute, and does not
        // fail before the end.
        Map<String, String> sink = sides.reconfigure("pg-sink", Map.of("heal.timeout.ms", "80000"));
        try (Prometheus started = Prometheus.started(configuration())) {
            prometheus = started;
            sides.awaitRunning("pg-sink");
            sides.settle();
            await("Prometheus reads the worker")
                    .atMost(SOON)
                    .until(() -> prometheus.query("up{job=\"connect\"} == 1").size() == 1);
            awaitEnd(alerts());

            if (WAITS_FOR_ALL) {
                changesAreNeitherReadNorCaptured();
            }
            changesWait();
            aTaskFails();
            postgresIsAway();
            theWorkerIsAway();
            awaitEnd(alerts());
            theEventsAreLogged();
        } finally {
            sides.connect().put("pg-sink", sink);
        }
        assertThat(fired).containsAll(List.of(alerts()));
        sides.awaitRunning("pg-sink");
        sides.settle();
    }

    private void changesAreNeitherReadNorCaptured() {
        sides.stop("pg-notify-source");
        sides.postgres.execute("insert into etcd (key, value) values (?, ?)", name("unread"), VALUE);
        sides.postgres.execute("alter table etcd disable trigger user");
        try {
            await("the alerts " + SLOW + " fire")
                    .atMost(SOON.multipliedBy(3))
                    .until(() -> prometheus.firing().containsAll(SLOW));
        } finally {
            sides.postgres.execute("alter table etcd enable trigger user");
        }
        fired.addAll(SLOW);
        sides.resume("pg-notify-source");
        sides.awaitEqual();
        awaitEnd(SLOW.toArray(String[]::new));
    }

    /** An application holds a row. The etcd sink is stopped, so changes and a request for a snapshot wait. Then etcd decides the changes. */
    private void changesWait() throws Exception {
        String locked = name("locked");
        String conflict = name("conflict");
        String leased = name("leased");
        sides.etcd.put(locked, VALUE);
        sides.etcd.put(conflict, VALUE);
        putWithANegativeLease(leased);
        sides.awaitEqual();
        try (Application application = new Application(sides, "monitoring")) {
            application
                    .run("set transaction isolation level repeatable read")
                    .run("select * from etcd where key = '" + locked + "' for update");
            sides.stop("etcd-sink");
            sides.postgres.execute("insert into etcd (key, value) values (?, ?)", name("pending"), VALUE);
            sides.postgres.execute("update etcd set value = ? where key = ?", VALUE + " loses", conflict);
            sides.postgres.execute("update etcd set value = ? where key = ?", VALUE + " is held", leased);
            loseRecordsOfEtcd();
            sides.etcd.put(conflict, VALUE + " wins");
            for (int i = 0; i < 14; i++) {
                sides.etcd.put(locked, VALUE.repeat(LARGE / VALUE.length()));
            }
            awaitFiring(
                    "EtcdPgRecordsLost",
                    "EtcdPgChangesLost",
                    "EtcdPgPartitionPaused",
                    "EtcdPgChangesPending",
                    "EtcdPgRequestUnanswered",
                    "EtcdPgLongTransaction");
            application.rollback();
        }
        sides.resume("etcd-sink");
        awaitFiring("EtcdPgDeadLetters", "EtcdPgChangesHeld", "EtcdPgMirrorBehind");
        everyQueryOfTheDashboardReturnsData();
        sides.postgres.execute("select etcd_sync.etcd_resolve(?, 'etcd')", leased);
        awaitEnd(
                "EtcdPgPartitionPaused",
                "EtcdPgChangesPending",
                "EtcdPgRequestUnanswered",
                "EtcdPgLongTransaction",
                "EtcdPgChangesHeld");
        sides.awaitEqual();
    }

    /** Deletes records that the PostgreSQL sink has not read. The task goes on, so that its counters grow instead of beginning anew. */
    private void loseRecordsOfEtcd() {
        sides.connect().pause("pg-sink");
        await("pg-sink is paused").atMost(SOON).until(() -> everyTaskIs("pg-sink", "PAUSED"));
        long before = ends();
        for (int i = 0; i < 20; i++) {
            sides.etcd.put(name("lost/" + i), VALUE);
        }
        await("the records are in the topic").atMost(SOON).until(() -> ends() >= before + 20);
        sides.kafka.deleteRecords(Stack.ETCD_TOPIC);
        for (int i = 0; i < 20; i++) {
            sides.etcd.put(name("next/" + i), VALUE);
        }
        sides.connect().resume("pg-sink");
        sides.awaitRunning("pg-sink");
    }

    private long ends() {
        ToLongFunction<Long> end = Long::longValue;
        return sides.kafka.offsets(Stack.ETCD_TOPIC, OffsetSpec.latest()).values().stream()
                .mapToLong(end)
                .sum();
    }

    private boolean everyTaskIs(String connector, String state) {
        JsonNode tasks = sides.connect().status(connector).path("tasks");
        for (JsonNode task : tasks) {
            if (!task.path("state").asText().equals(state)) {
                return false;
            }
        }
        return !tasks.isEmpty();
    }

    private void aTaskFails() {
        sides.postgres.execute("alter table etcd_sync.etcd_dispatch_state rename last_number to renamed");
        try {
            sides.postgres.execute("insert into etcd (key, value) values (?, ?)", name("fails"), VALUE);
            awaitFiring("EtcdPgTaskFailed");
        } finally {
            sides.postgres.execute("alter table etcd_sync.etcd_dispatch_state rename renamed to last_number");
            sides.connect().restart("pg-notify-source");
        }
        sides.awaitRunning("pg-notify-source");
        awaitEnd("EtcdPgTaskFailed");
    }

    /** Meanwhile somebody removes the key by which the source knows the history of etcd. */
    private void postgresIsAway() {
        Postgres postgres = sides.stack.postgres();
        postgres.kill();
        try {
            sides.etcd.delete("/etcd-pg-connect/epoch");
            awaitFiring("EtcdPgStoreUnavailable", "EtcdPgEtcdReplaced");
        } finally {
            postgres.start();
        }
        awaitEnd("EtcdPgStoreUnavailable");
    }

    /** Meanwhile etcd compacts what the source has not read. */
    private void theWorkerIsAway() {
        ConnectWorker worker = sides.stack.worker(1);
        worker.kill();
        try {
            sides.etcd.put(name("compacted"), VALUE);
            sides.etcd.compact(sides.etcd.put(name("compacted"), VALUE + "!"));
            awaitFiring("EtcdPgWorkerDown");
        } finally {
            worker.start();
        }
        awaitFiring("EtcdPgRevisionsCompacted");
        awaitEnd("EtcdPgWorkerDown");
        sides.awaitEqual();
        // so that few records of the last minute were late
        sides.etcd.putMany(500, i -> name("in time/etcd/" + i), i -> VALUE);
        sides.postgres.execute(
                "insert into etcd (key, value) select ? || i, ? from generate_series(1, 500) i",
                name("in time/sql/"),
                VALUE);
    }

    /** Each line names what an operator needs to follow the events back. */
    private void theEventsAreLogged() {
        String log = sides.workerLog();
        String request = "route=etcd after=\"\\S*\" through=\"\\S*\" request=\\d+";
        for (String line : List.of(
                "loss route=etcd partition=etcd\\.etcd-\\d after=\"\\S*\" through=\"\\S*\" number=\\d+ cause=",
                "resync route=etcd partition=etcd\\.etcd-\\d after=\"\\S*\" through=\"\\S*\" request=\\d+ cause=",
                "snapshot-request-sent " + request,
                "resync route=etcd revision=\\d+\\.\\d+ reason=request ",
                "resync route=etcd revision=\\d+\\.\\d+ reason=compaction ",
                "new-epoch route=etcd before=\\d+\\.\\d+ revision=\\d+ cause=\"the epoch key is missing\"",
                "conflict route=etcd key=" + name("conflict") + " change=\\d+ base=\\S+ won=\\S+ cause=",
                "held route=etcd key=" + name("leased") + " change=\\d+ base=\\S+ mirror=\\S+ cause=",
                "dead-letter route=etcd key=" + name("leased")
                        + " .*topic=pg\\.etcd partition=\\d offset=\\d+ cause=")) {
            assertThat(log).containsPattern(" event=" + line);
        }
        assertThat(log).doesNotContain(VALUE);
    }

    private void everyQueryOfTheDashboardReturnsData() throws IOException {
        List<String> queries = new ArrayList<>();
        for (JsonNode panel :
                JSON.readTree(FOLDER.resolve("dashboard.json").toFile()).path("panels")) {
            panel.path("targets")
                    .forEach(target -> queries.add(target.path("expr").asText()));
        }
        assertThat(queries).hasSizeGreaterThan(20);
        sides.postgres.execute("update etcd set value = ? where key = ?", VALUE + " confirmed", name("pending"));
        await("data for the dashboard").atMost(SOON).untilAsserted(() -> assertThat(queries)
                .allMatch(this::returnsANumber));
    }

    private boolean returnsANumber(String query) {
        for (JsonNode series : prometheus.query(query)) {
            if (!series.path("value").path(1).asText("NaN").equals("NaN")) {
                return true;
            }
        }
        return false;
    }

    private void awaitFiring(String... names) {
        Set<String> since = new TreeSet<>(); // some fire for a while only
        await("the alerts " + Arrays.toString(names) + " fire").atMost(SOON).untilAsserted(() -> {
            since.addAll(prometheus.firing());
            assertThat(since).contains(names);
        });
        fired.addAll(since);
    }

    private void awaitEnd(String... names) {
        await("the alerts " + Arrays.toString(names) + " end")
                .atMost(SOON)
                .untilAsserted(() -> assertThat(prometheus.firing()).doesNotContain(names));
    }

    private String[] alerts() throws IOException {
        return ALERT.matcher(Files.readString(FOLDER.resolve("alerts.yml")))
                .results()
                .map(alert -> alert.group(1))
                .filter(alert -> WAITS_FOR_ALL || !SLOW.contains(alert))
                .toArray(String[]::new);
    }

    private String name(String name) {
        return key("monitoring/" + run + "/" + name);
    }

    /** Returns the configuration of the examples, with the address of the worker and with shorter durations. */
    private Path configuration() throws IOException {
        String rules = Files.readString(FOLDER.resolve("alerts.yml"));
        rules = shorten(rules, "(for: )(\\d+)m()", 60, "s");
        rules = shorten(rules, "(\\[)(\\d+)m(])", 60, "s");
        rules = shorten(rules, "(offset )(\\d+)m()", 60, "s");
        rules = shorten(rules, "(> )(\\d{5,})()", 1, "");
        Files.writeString(folder.resolve("alerts.yml"), rules);
        String address = sides.stack.worker(1).metricsAddress();
        return Files.writeString(
                folder.resolve("prometheus.yml"),
                Files.readString(FOLDER.resolve("prometheus.yml"))
                        .replace("interval: 15s", "interval: 2s")
                        .replace("connect-1:9404", address));
    }

    private static String shorten(String rules, String pattern, int units, String unit) {
        Pattern durations = Pattern.compile(pattern);
        assertThat(durations.matcher(rules).results()).isNotEmpty();
        return durations
                .matcher(rules)
                .replaceAll((MatchResult found) ->
                        found.group(1) + Long.parseLong(found.group(2)) * units / FASTER + unit + found.group(3));
    }

    /** Puts a key with a lease whose id is negative, as only a client can that chooses the id itself. The etcd sink cannot write such a key. */
    private void putWithANegativeLease(String key) throws IOException, InterruptedException {
        long id = -System.currentTimeMillis();
        post("/v3/lease/grant", "{\"TTL\": 3600, \"ID\": " + id + "}");
        String encoded = Base64.getEncoder().encodeToString(key.getBytes(StandardCharsets.UTF_8));
        post("/v3/kv/put", "{\"key\": \"" + encoded + "\", \"value\": \"djE=\", \"lease\": " + id + "}");
    }

    private void post(String path, String body) throws IOException, InterruptedException {
        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(sides.stack.etcd().endpoint() + path))
                                .POST(HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }
}
