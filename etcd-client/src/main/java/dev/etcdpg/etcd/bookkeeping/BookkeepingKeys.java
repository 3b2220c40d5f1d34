package dev.etcdpg.etcd.bookkeeping;

/**
 * Names of the keys that the connectors keep for themselves in etcd. All of them lie below one prefix outside the routes.
 *
 * @param prefix ends with a slash
 */
public record BookkeepingKeys(String prefix) {

    public static final String DEFAULT_PREFIX = "/etcd-pg-connect/";

    /** Key of the epoch ({@link EpochValue}). If it is missing or smaller than before, etcd has another history. */
    public String epoch() {
        return prefix + "epoch";
    }

    /** Key of the etcd sink's progress in a topic partition ({@link SinkProgress}). */
    public String progress(String topic, int partition) {
        return prefix + "progress/" + topic + "/" + partition;
    }

    /** Prefix of all answers. */
    public String answers() {
        return prefix + "answer/";
    }

    /** Key of the etcd sink's answer to a change ({@link AnswerValue}). It has a lease. */
    public String answer(String origin, String route, String key) {
        return answers() + origin + "/" + route + "/" + key;
    }

    /** Prefix of all requests for a snapshot of a route. */
    public String requests(String route) {
        return prefix + "request/" + route + "/";
    }

    /** Key of a request for a snapshot ({@link RequestValue}), kept until it is answered. Numbers grow. */
    public String request(String route, long number) {
        return requests(route) + number;
    }

    /** Prefix of the key ranges that have answered a request which concerns several of them. Removed together with the request. */
    public String answeredParts(String route, long number) {
        return prefix + "part/" + route + "/" + number + "/";
    }

    /** Key that says that one key range has answered a request ({@link AnsweredPartValue}). */
    public String answeredPart(String route, long number, String after) {
        return answeredParts(route, number) + after;
    }

    /** Prefix of the key-range layouts of a source connector, in JSON; one key for each route. */
    public String ranges(String connector) {
        return prefix + "ranges/" + connector + "/";
    }
}
