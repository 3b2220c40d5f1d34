/**
 * Moves changes from PostgreSQL to Kafka. The source runs dispatch, and produces the sends that dispatch has numbered, in order and chained.
 * {@link dev.etcdpg.pg.source.PostgresNotifySourceTask} polls a {@link dev.etcdpg.pg.source.SendSource}. The source waits for
 * {@link dev.etcdpg.pg.source.WakeUps}, asks the {@link dev.etcdpg.pg.source.SendStore} for {@link dev.etcdpg.pg.source.Send}s, and turns them
 * into records with {@link dev.etcdpg.pg.source.SendRecords}.
 */
@NullMarked
package dev.etcdpg.pg.source;

import org.jspecify.annotations.NullMarked;
