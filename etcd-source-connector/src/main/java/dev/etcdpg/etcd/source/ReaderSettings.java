package dev.etcdpg.etcd.source;

import java.time.Duration;

/**
 * @param fetchSize keys in a page at most
 * @param batchSize weight of the events that are merged at a time
 * @param heartbeat interval
 * @param watchTimeout after which a watch that is behind and silent is given up
 */
record ReaderSettings(int fetchSize, int batchSize, Duration heartbeat, Duration watchTimeout) {}
