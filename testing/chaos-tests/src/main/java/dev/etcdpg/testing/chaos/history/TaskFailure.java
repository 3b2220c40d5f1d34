package dev.etcdpg.testing.chaos.history;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The failure of a task or connector.
 *
 * @param connector its name
 * @param task the number of the task; -1 for the connector itself
 * @param cause the line of the trace with the root cause
 */
public record TaskFailure(String connector, int task, String cause) {
    private static final Pattern HEADER =
            Pattern.compile(".*\\{id=(.+)-(\\d+)} Task threw an uncaught and unrecoverable exception.*");
    private static final String NEXT_LINE_OF_A_LOG = "[";
    private static final String CAUSED_BY = "Caused by: ";
    private static final int SHOWN = 160;

    /**
     * Failures that Connect gives a source task up for. The producer of an exactly-once source can be fenced, or the broker can end its
     * transaction, while the worker or the broker is away. A worker can fail to reach the leader to fence an earlier task. Sinks do not
     * fail so, because their consumers rejoin the group.
     */
    private static final Set<String> SOURCES = Set.of("etcd-source", "pg-notify-source");

    private static final Set<String> KAFKAS_OWN = Set.of(
            "org.apache.kafka.common.errors.ProducerFencedException",
            "org.apache.kafka.common.errors.InvalidProducerEpochException",
            "org.apache.kafka.common.errors.InvalidPidMappingException",
            "org.apache.kafka.common.errors.InvalidTxnStateException");

    /** Only Connect's requests between workers end so. The cause behind it is a failure of the network. */
    private static final String UNREACHABLE_LEADER =
            "org.apache.kafka.connect.runtime.rest.errors.ConnectRestException";

    /**
     * Steps of Connect before it starts a source task. They fail when the broker or the leader is away, or when the step is late and the
     * source has other tasks or another worker by then. The cause behind it says how.
     */
    private static final List<String> BEFORE_ITS_START = Stream.of(
                    "Cannot start source task ",
                    "Failed to read to end of config topic",
                    "Failed to perform zombie fencing",
                    "Failed to perform round of zombie fencing")
            .map("org.apache.kafka.connect.errors.ConnectException: "::concat)
            .toList();

    /** @param trace the trace of the REST API */
    public static TaskFailure of(String connector, int task, String trace) {
        List<String> lines = trace.lines().toList();
        String cause = lines.isEmpty() ? "no trace" : lines.get(0);
        for (String line : lines) {
            if (line.startsWith(CAUSED_BY) && !isBeforeItsStart(cause)) {
                cause = line.substring(CAUSED_BY.length());
            }
        }
        return new TaskFailure(connector, task, cause);
    }

    /** Returns all failures in a worker's log. */
    public static List<TaskFailure> in(List<String> log) {
        return IntStream.range(0, log.size())
                .mapToObj(line -> at(log, line))
                .flatMap(Optional::stream)
                .toList();
    }

    /** Returns the failure that begins at a line of a log. */
    static Optional<TaskFailure> at(List<String> log, int line) {
        Matcher header = HEADER.matcher(log.get(line));
        if (!header.matches()) {
            return Optional.empty();
        }
        int end = line + 1;
        while (end < log.size() && !log.get(end).startsWith(NEXT_LINE_OF_A_LOG)) {
            end++;
        }
        return Optional.of(
                of(header.group(1), Integer.parseInt(header.group(2)), String.join("\n", log.subList(line + 1, end))));
    }

    /** The name of the task in logs. */
    public String name() {
        return connector + "-" + task;
    }

    /** Whether Kafka caused the failure, and not the connectors. An operator would restart such a task. */
    public boolean isByKafka() {
        return SOURCES.contains(connector) && (KAFKAS_OWN.contains(exception(cause)) || isBeforeItsStart(cause));
    }

    private static boolean isBeforeItsStart(String cause) {
        return exception(cause).equals(UNREACHABLE_LEADER)
                || BEFORE_ITS_START.stream().anyMatch(cause::startsWith);
    }

    private static String exception(String line) {
        int colon = line.indexOf(':');
        return colon < 0 ? line : line.substring(0, colon);
    }

    @Override
    public String toString() {
        return (task < 0 ? connector : "task " + task + " of " + connector) + " failed: "
                + cause.substring(0, Math.min(SHOWN, cause.length()));
    }
}
