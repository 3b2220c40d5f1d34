package dev.etcdpg.etcd.source.partition;

/** Decides how many ranges each route is cut into. Pure. */
final class Allotment {

    private Allotment() {}

    /**
     * Gives each route one task, and the remaining tasks one by one to the route with the largest ranges. A route that is cut stays cut as long
     * as there are enough tasks, so that a changing number of keys changes no layout.
     *
     * @param keys the number of keys of each route
     * @param before the number of ranges of each route, at least 1
     * @param tasks the largest number of tasks
     * @param minKeys the smallest number of keys of a new range
     * @return the number of ranges of each route, at least 1; their sum exceeds {@code tasks} only if there are more routes than tasks
     */
    static int[] of(long[] keys, int[] before, int tasks, long minKeys) {
        int[] ranges = new int[keys.length];
        int spare = tasks - keys.length;
        for (int i = 0; i < keys.length; i++) {
            ranges[i] = 1 + Math.max(0, Math.min(spare, before[i] - 1));
            spare -= ranges[i] - 1;
        }
        while (spare-- > 0) {
            int largest = 0;
            for (int i = 1; i < keys.length; i++) {
                largest = keys[i] / (ranges[i] + 1) > keys[largest] / (ranges[largest] + 1) ? i : largest;
            }
            if (keys.length == 0 || keys[largest] / (ranges[largest] + 1) < minKeys) {
                return ranges;
            }
            ranges[largest]++;
        }
        return ranges;
    }
}
