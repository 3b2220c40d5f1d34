package dev.etcdpg.pg.sink.intake;

import dev.etcdpg.common.Revision;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * A record that can never be applied.
 *
 * @param key etcd key, null if the record could not be read
 * @param at its revision, null if the record could not be read
 */
public record Bad(SinkRecord record, String key, Revision at, String reason) {}
