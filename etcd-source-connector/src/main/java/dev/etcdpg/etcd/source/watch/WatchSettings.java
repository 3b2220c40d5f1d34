package dev.etcdpg.etcd.source.watch;

import java.time.Duration;

/**
 * Settings of a session for reading its watches.
 *
 * @param backlog weight of the events of one watch that may wait to be merged
 * @param silence how long a watch that is behind etcd may stay silent before it counts as dead
 */
public record WatchSettings(int backlog, Duration silence) {}
