package dev.etcdpg.etcd.source.partition;

/** Into how many ranges each route is cut. */
public final class Allotment {

    private Allotment() {}

    /**
     * What is left of the tasks when each route has one goes to the largest. A route that is cut stays cut as long as there are tasks for it,
     * so that keys that come and go change nothing.
     *
     * @param keys of each route
     * @param now ranges of each route
     * @param tasks at most
     * @param fewest keys that a new range should have
     * @return at least 1 for each; if there are more tasks than routes, not more than tasks in all
     */
    public static int[] of(long[] keys, int[] now, int tasks, long fewest) {
        int[] ranges = new int[keys.length];
        int spare = tasks - keys.length;
        for (int i = 0; i < keys.length; i++) {
            ranges[i] = 1 + Math.max(0, Math.min(spare, now[i] - 1));
            spare -= ranges[i] - 1;
        }
        while (spare-- > 0) {
            int largest = 0;
            for (int i = 1; i < keys.length; i++) {
                largest = keys[i] / (ranges[i] + 1) > keys[largest] / (ranges[largest] + 1) ? i : largest;
            }
            if (keys.length == 0 || keys[largest] / (ranges[largest] + 1) < fewest) {
                return ranges;
            }
            ranges[largest]++;
        }
        return ranges;
    }
}
