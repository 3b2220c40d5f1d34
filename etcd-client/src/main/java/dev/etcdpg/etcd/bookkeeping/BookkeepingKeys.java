package dev.etcdpg.etcd.bookkeeping;

/**
 * Names of the keys that the connectors keep for themselves in etcd. All of them lie below one prefix outside the routes.
 *
 * @param prefix ends with a slash
 */
public record BookkeepingKeys(String prefix) {

    public static final String DEFAULT_PREFIX = "/etcd-pg-connect/";

    /** Returns the key of the epoch ({@link EpochValue}). If the epoch is missing or smaller than before, etcd has another history. */
    public String epoch() {
        return prefix + "epoch";
    }

    /** Returns the key of the etcd sink's progress in a topic partition ({@link SinkProgress}). */
    public String progress(String topic, int partition) {
        return prefix + "progress/" + topic + "/" + partition;
    }

    /** Returns the key that names the database of an origin ({@link OriginValue}). */
    public String origin(String origin) {
        return prefix + "origin/" + origin;
    }

    /** Returns the prefix of all answers. */
    public String answers() {
        return prefix + "answer/";
    }

    /** Returns the key of the etcd sink's answer to a change ({@link AnswerValue}). The key has a lease. */
    public String answer(String origin, String route, String key) {
        return answers() + origin + "/" + route + "/" + key;
    }

    /** Returns the prefix of all requests for a snapshot of a route. */
    public String requests(String route) {
        return prefix + "request/" + route + "/";
    }

    /** Returns the key of a request for a snapshot ({@link RequestValue}). The key is kept until the request is answered. Numbers grow. */
    public String request(String route, long number) {
        return requests(route) + number;
    }

    /**
     * Returns the prefix of the {@link AnsweredPartValue} keys of a request that concerns several key ranges. The keys are removed together
     * with the request.
     */
    public String answeredParts(String route, long number) {
        return prefix + "part/" + route + "/" + number + "/";
    }

    /** Returns the key that records that one key range has answered a request ({@link AnsweredPartValue}). */
    public String answeredPart(String route, long number, String after) {
        return answeredParts(route, number) + after;
    }

    /** Returns the prefix of the key-range layouts of a source connector, in JSON; one key for each route. */
    public String ranges(String connector) {
        return prefix + "ranges/" + connector + "/";
    }
}
