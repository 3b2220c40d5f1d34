package dev.etcdpg.etcd.client;

/**
 * The keys that the connectors keep for themselves in etcd, all below one prefix outside the routes.
 *
 * @param prefix ends with a slash
 */
public record BookkeepingKeys(String prefix) {

    public static final String DEFAULT_PREFIX = "/etcd-pg-connect/";

    /** Decimal epoch. Missing or smaller than seen: etcd has another history. */
    public String epoch() {
        return prefix + "epoch";
    }

    /** JSON {@code {"next": offset, "last": {"<origin>": number}}}: what the etcd sink has done of a topic partition. */
    public String progress(String topic, int partition) {
        return prefix + "progress/" + topic + "/" + partition;
    }

    public String answers() {
        return prefix + "answer/";
    }

    /** JSON {@code {"n": number, "outcome": "refused|processed|failed", "reason": "…"}}. */
    public String answer(String origin, String route, String key) {
        return answers() + origin + "/" + route + "/" + key;
    }

    public String requests(String route) {
        return prefix + "request/" + route + "/";
    }

    /** JSON {@code {"after": "", "through": ""}}: a range whose snapshot is asked for. Kept until answered. Numbers grow. */
    public String request(String route, long number) {
        return requests(route) + number;
    }

    /** Marks of the key ranges that have answered a request which concerns several; removed with it. */
    public String answeredParts(String route, long number) {
        return prefix + "part/" + route + "/" + number + "/";
    }

    /** JSON: into which key ranges a source connector has cut its routes; one key below it for each route. */
    public String ranges(String connector) {
        return prefix + "ranges/" + connector + "/";
    }
}
