package dev.etcdpg.testing.chaos.history;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Why a task or connector has failed.
 *
 * @param connector its name
 * @param task its number; -1 for the connector itself
 * @param cause the line of the trace that names the root cause
 */
public record TaskFailure(String connector, int task, String cause) {
    private static final Pattern HEADER =
            Pattern.compile(".*\\{id=(.+)-(\\d+)} Task threw an uncaught and unrecoverable exception.*");
    private static final String NEXT_LINE_OF_A_LOG = "[";
    private static final String CAUSED_BY = "Caused by: ";
    private static final int SHOWN = 160;

    /**
     * Kafka's producer of a source that delivers exactly once may be fenced, or its transaction ended by the broker, while its worker or
     * the broker was away; a worker may not reach the leader to fence a former task of its own. Connect gives such a task up. It does not
     * do that to a sink, whose consumer joins its group again.
     */
    private static final Set<String> SOURCES = Set.of("etcd-source", "pg-notify-source");

    private static final Set<String> KAFKAS_OWN = Set.of(
            "org.apache.kafka.common.errors.ProducerFencedException",
            "org.apache.kafka.common.errors.InvalidProducerEpochException",
            "org.apache.kafka.common.errors.InvalidPidMappingException",
            "org.apache.kafka.common.errors.InvalidTxnStateException");

    /** Only Connect's own requests from worker to worker end so; what lies behind it is how the network failed. */
    private static final String UNREACHABLE_LEADER =
            "org.apache.kafka.connect.runtime.rest.errors.ConnectRestException";

    /**
     * What Connect does before it starts a task of a source, and fails at when the broker or the leader is away, or when it is late and the
     * source has been given other tasks, or another worker. What lies behind it is how.
     */
    private static final List<String> BEFORE_ITS_START = Stream.of(
                    "Cannot start source task ",
                    "Failed to read to end of config topic",
                    "Failed to perform zombie fencing",
                    "Failed to perform round of zombie fencing")
            .map("org.apache.kafka.connect.errors.ConnectException: "::concat)
            .toList();

    /** @param trace as the REST API gives it */
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

    /** All that a worker's log tells of. */
    public static List<TaskFailure> in(List<String> log) {
        return IntStream.range(0, log.size())
                .mapToObj(line -> at(log, line))
                .flatMap(Optional::stream)
                .toList();
    }

    /** The one that is told from that line of a log on. */
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

    /** Of the task, as logs have it. */
    public String name() {
        return connector + "-" + task;
    }

    /** Whether Kafka itself failed it, and not our code: an operator would restart it. */
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
