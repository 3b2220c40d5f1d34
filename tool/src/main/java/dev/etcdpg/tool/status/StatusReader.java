package dev.etcdpg.tool.status;

import dev.etcdpg.etcd.client.EtcdFailure;
import dev.etcdpg.etcd.store.EpochStore;
import dev.etcdpg.pg.client.RowReader;
import dev.etcdpg.tool.connect.ClusterException;
import dev.etcdpg.tool.connect.ConnectWorkers;
import dev.etcdpg.tool.connect.ConnectorStatus;
import dev.etcdpg.tool.connect.TopicPositions;
import dev.etcdpg.tool.file.ProblemsException;
import dev.etcdpg.tool.plan.ConnectorPlan;
import dev.etcdpg.tool.plan.DeploymentPlan;
import dev.etcdpg.tool.plan.TopicPlan;
import dev.etcdpg.tool.status.StatusReport.ConnectorLine;
import dev.etcdpg.tool.store.Database;
import dev.etcdpg.tool.store.EtcdAccess;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Reads the state. What cannot be read becomes a problem of the report, so that the rest is shown. */
public final class StatusReader {

    private static final String DEAD_LETTERS = ".dlq";

    private final DeploymentPlan plan;
    private final @Nullable ConnectWorkers workers;
    private final @Nullable TopicPositions kafka;
    private final RowMapper rows;

    /** Reads a row with the names of its columns. */
    public interface RowMapper extends RowReader<Map<String, @Nullable Object>> {}

    /**
     * @param workers null if the file does not name any
     * @param kafka null if the file does not name any brokers
     */
    public StatusReader(
            DeploymentPlan plan, @Nullable ConnectWorkers workers, @Nullable TopicPositions kafka, RowMapper rows) {
        this.plan = plan;
        this.workers = workers;
        this.kafka = kafka;
        this.rows = rows;
    }

    public StatusReport read() {
        List<String> problems = new ArrayList<>();
        List<ConnectorLine> connectors = connectors(problems);
        List<Map<String, @Nullable Object>> routes = routes(problems);
        Map<String, Long> deadLetters = deadLetters(problems);
        return new StatusReport(routes, connectors, deadLetters, problems);
    }

    private List<ConnectorLine> connectors(List<String> problems) {
        List<ConnectorLine> lines = new ArrayList<>();
        if (workers == null) {
            return lines;
        }
        try {
            for (ConnectorPlan connector : plan.connectors()) {
                Optional<ConnectorStatus> status = workers.status(connector.name());
                lines.add(new ConnectorLine(
                        connector.name(),
                        status.map(ConnectorStatus::state).orElse("MISSING"),
                        status.map(one -> one.tasks().stream()
                                        .map(task -> task.state() + " on " + task.worker())
                                        .toList())
                                .orElse(List.of()),
                        status.flatMap(ConnectorStatus::failure).orElse("")));
            }
        } catch (ClusterException e) {
            problems.add(String.valueOf(e.getMessage()));
        }
        for (ConnectorLine line : lines) {
            if (!line.failure().isEmpty()) {
                problems.add(line.name() + " has failed. " + line.failure());
            } else if (!line.state().equals("RUNNING") || line.tasks().isEmpty()) {
                problems.add(line.name() + " does not run: " + line.state() + " with "
                        + line.tasks().size() + " tasks.");
            }
        }
        return lines;
    }

    private List<Map<String, @Nullable Object>> routes(List<String> problems) {
        try (Database database = Database.open(plan)) {
            List<Map<String, @Nullable Object>> routes =
                    new ArrayList<>(database.of("status").list(rows));
            long revision = revision(problems);
            Map<TopicPartition, Long> positions = positions(database);
            for (Map<String, @Nullable Object> route : routes) {
                addLag(route, revision, positions, problems);
                if (route.get("paused") != null) {
                    problems.add("Route " + route.get("route") + ": " + route.get("paused") + ".");
                }
            }
            return routes;
        } catch (SQLException | ClusterException | ProblemsException e) {
            problems.add("The routes cannot be read in PostgreSQL: " + e.getMessage());
            return List.of();
        }
    }

    private static Map<TopicPartition, Long> positions(Database database) throws SQLException {
        Map<TopicPartition, Long> positions = new LinkedHashMap<>();
        database.of("positions")
                .list(row -> positions.put(
                        new TopicPartition(row.getString("topic"), row.getInt("partition")),
                        row.getLong("next_offset")));
        return positions;
    }

    private long revision(List<String> problems) {
        try (EtcdAccess etcd = EtcdAccess.open(plan)) {
            return new EpochStore(etcd.gateway(), etcd.keys()).state().revision();
        } catch (EtcdFailure | ProblemsException e) {
            problems.add("etcd cannot be read: " + e.getMessage());
            return 0;
        }
    }

    /** Adds how far PostgreSQL is behind etcd: in revisions, in records of the topic, and in seconds since the oldest of these records. */
    private void addLag(
            Map<String, @Nullable Object> route,
            long revision,
            Map<TopicPartition, Long> positions,
            List<String> problems) {
        if (revision > 0) {
            long applied = ((Number) Objects.requireNonNull(route.get("applied_revision"))).longValue();
            route.put("etcd_revision", revision);
            route.put("revisions_behind", applied == 0 ? null : Math.max(0, revision - applied));
        }
        if (kafka == null) {
            return;
        }
        try {
            String suffix = "." + route.get("route");
            Map<TopicPartition, Long> mine = new LinkedHashMap<>(positions);
            mine.keySet().removeIf(partition -> !partition.topic().endsWith(suffix));
            long records = 0;
            long now = System.currentTimeMillis();
            long oldest = now;
            for (Map.Entry<TopicPartition, Long> end : kafka.ends(mine.keySet()).entrySet()) {
                long next = mine.getOrDefault(end.getKey(), 0L);
                if (end.getValue() > next) {
                    records += end.getValue() - next;
                    oldest = Math.min(oldest, kafka.time(end.getKey(), next, now));
                }
            }
            route.put("records_behind", records);
            route.put("seconds_behind", (now - oldest) / 1_000);
        } catch (ClusterException e) {
            problems.add(String.valueOf(e.getMessage()));
        }
    }

    private Map<String, Long> deadLetters(List<String> problems) {
        Map<String, Long> counts = new TreeMap<>();
        if (kafka != null) {
            try {
                for (TopicPlan topic : plan.topics()) {
                    if (topic.name().endsWith(DEAD_LETTERS)) {
                        counts.put(topic.name(), kafka.records(topic.name()));
                    }
                }
            } catch (ClusterException e) {
                problems.add(String.valueOf(e.getMessage()));
            }
        }
        return counts;
    }
}
