-- The bookkeeping of etcd-pg-connect: local changes that are pending, the state of etcd, the history, and the conflicts.
-- All objects are created in the first schema of the search path. Run install.sql to install by hand.

create table etcd_database (
  singleton boolean primary key default true check (singleton),
  origin uuid not null default gen_random_uuid(),
  installed_at timestamptz not null default now(),
  schema_version int not null default 1
);
insert into etcd_database default values;
comment on table etcd_database is 'Identity of this database and version of the schema. One row.';
comment on column etcd_database.singleton is 'Always true: the table has one row.';
comment on column etcd_database.origin is 'Names this database in every record that it sends. Copies of a database share it until one of them'
  ' calls etcd_become_original.';
comment on column etcd_database.installed_at is 'Time of the installation.';
comment on column etcd_database.schema_version is 'Last versioned migration file that was run, by Flyway or by hand.';

create table etcd_route (
  route text collate "C" primary key,
  prefix text collate "C" not null unique check (prefix <> ''),
  table_schema name not null,
  table_name name not null,
  unique (table_schema, table_name)
);
comment on table etcd_route is 'Mirrored prefixes. A row says which table mirrors the keys of which prefix. Written by etcd_install and'
  ' etcd_uninstall.';
comment on column etcd_route.route is 'Name of the route. It is part of the names of the topics.';
comment on column etcd_route.prefix is 'Prefix of the keys in etcd.';
comment on column etcd_route.table_schema is 'Schema of the mirrored table.';
comment on column etcd_route.table_name is 'Name of the mirrored table.';

create table etcd_wal (
  route text collate "C" not null,
  key text collate "C" not null,
  id bigint generated always as identity (cache 1),
  op text not null check (op in ('put', 'delete')),
  value text,
  txid xid8 not null default pg_current_xact_id(),
  author text not null,
  changed_at timestamptz not null default clock_timestamp(),
  primary key (route, key, id),
  check ((op = 'put') = (value is not null))
);
create index etcd_wal_txid_id_idx on etcd_wal (txid, id); -- dispatch finds changes that became visible since its last call
comment on table etcd_wal is 'Local changes that are not settled. Triggers append rows; the sink, dispatch and etcd_resolve delete them when the'
  ' change is confirmed or lost. Rows are never updated: the state of the change in flight is in etcd_mirror.';
comment on column etcd_wal.route is 'Route of the key.';
comment on column etcd_wal.key is 'Key of the row that was changed.';
comment on column etcd_wal.id is 'Of one key, ids follow the order of commits, because the trigger runs while the row is locked.';
comment on column etcd_wal.op is 'put or delete.';
comment on column etcd_wal.value is 'Value of a put; null for a delete.';
comment on column etcd_wal.txid is 'Transaction of the change. Changes of one key and one transaction are sent as one.';
comment on column etcd_wal.author is 'Role that made the change (session_user).';
comment on column etcd_wal.changed_at is 'Time of the change.';

create table etcd_mirror (
  route text collate "C" not null,
  key text collate "C" not null,
  epoch bigint not null default 0,
  revision bigint not null default 0,
  value_hash bytea,
  create_revision bigint not null default 0,
  version bigint not null default 0,
  lease bigint not null default 0,
  unrepresentable boolean not null default false,
  applied_epoch bigint not null default 0,
  applied_revision bigint not null default 0,
  settled_id bigint not null default 0,
  status text check (status in ('inflight', 'held')),
  change_id bigint,
  sent_op text check (sent_op in ('put', 'delete')),
  sent_value text,
  sent_hash bytea,
  send_number bigint,
  probe_number bigint,
  next_action text check (next_action in ('send', 'probe')),
  base_epoch bigint,
  base_revision bigint,
  reason text,
  primary key (route, key),
  check ((status is null) = (change_id is null)),
  check (next_action is null or status = 'inflight'),
  check ((sent_op is not null) = (status is not null)),
  check ((sent_value is not null) = (sent_op is not null and sent_op = 'put'))
) with (fillfactor = 80);
create index etcd_mirror_send_number_idx on etcd_mirror (send_number) where send_number is not null;
create index etcd_mirror_probe_number_idx on etcd_mirror (probe_number) where probe_number is not null;
create index etcd_mirror_next_action_idx on etcd_mirror (route, key) where next_action is not null;
create index etcd_mirror_held_idx on etcd_mirror (key) where status = 'held';
comment on table etcd_mirror is 'For each key the state of etcd as far as it was applied, and the one local change that is in flight or held. The row'
  ' is also the lock of the key: dispatch and the sink lock it before they read anything else about the key.';
comment on column etcd_mirror.route is 'Route of the key.';
comment on column etcd_mirror.key is 'Key in etcd.';
comment on column etcd_mirror.epoch is 'Epoch of the mirrored revision.';
comment on column etcd_mirror.revision is 'mod_revision of the key in etcd; 0 if the key is absent.';
comment on column etcd_mirror.value_hash is 'sha256(convert_to(value, ''UTF8'')); null if the key is absent or its value unrepresentable.';
comment on column etcd_mirror.create_revision is 'create_revision of the key in etcd.';
comment on column etcd_mirror.version is 'version of the key in etcd.';
comment on column etcd_mirror.lease is 'Lease of the key in etcd; 0 without one.';
comment on column etcd_mirror.unrepresentable is 'True if etcd holds a value that PostgreSQL text cannot hold.';
comment on column etcd_mirror.applied_epoch is 'Epoch of the last event that was applied, of any kind.';
comment on column etcd_mirror.applied_revision is 'Revision of the last event that was applied, of any kind.';
comment on column etcd_mirror.settled_id is 'Changes of the key in etcd_wal up to this id are settled.';
comment on column etcd_mirror.status is 'inflight: sent, etcd has not decided. held: waits for etcd_resolve. Null: nothing was sent that is not'
  ' settled.';
comment on column etcd_mirror.change_id is 'Id in etcd_wal of the change in flight or held. Earlier changes of the key that are still in etcd_wal'
  ' were skipped and share its outcome.';
comment on column etcd_mirror.sent_op is 'Operation of the change in flight or held: put or delete.';
comment on column etcd_mirror.sent_value is 'Value of the change in flight or held; null for a delete.';
comment on column etcd_mirror.sent_hash is 'Hash of sent_value; null for a delete.';
comment on column etcd_mirror.send_number is 'Number under which the change was sent last. It identifies the change.';
comment on column etcd_mirror.probe_number is 'Number of the probe that asks for the outcome of the change.';
comment on column etcd_mirror.next_action is 'What dispatch must number next: the change again (send), or a probe.';
comment on column etcd_mirror.base_epoch is 'Epoch of the state on which the change in flight was built.';
comment on column etcd_mirror.base_revision is 'Revision on which the change in flight was built; etcd takes the change only if the key still has'
  ' it.';
comment on column etcd_mirror.reason is 'Why the change is held.';

create table etcd_dispatch_queue (
  id bigint generated always as identity primary key,
  route text collate "C" not null,
  key text collate "C" not null
);
comment on table etcd_dispatch_queue is 'Keys that dispatch must look at although none of their changes is new: an earlier change was settled, an'
  ' action is due, or the key was locked. A key may stand here more than once: a unique key would make writers wait for each other.';
comment on column etcd_dispatch_queue.id is 'Order of the entries.';
comment on column etcd_dispatch_queue.route is 'Route of the key.';
comment on column etcd_dispatch_queue.key is 'Key to look at.';

create sequence etcd_notification_seq;
comment on sequence etcd_notification_seq is 'Number of notifications since the notify source last asked for some. A sequence, because it needs no'
  ' lock until the end of a transaction.';

create table etcd_row_restore (
  txid xid8 primary key
);
comment on table etcd_row_restore is 'Transaction in which etcd_resolve is writing the value of etcd into a row. Empty outside of such transactions.';
comment on column etcd_row_restore.txid is 'Id of the transaction.';

create table etcd_history (
  route text collate "C" not null,
  key text collate "C" not null,
  epoch bigint not null,
  revision bigint not null,
  op text not null check (op in ('put', 'delete', 'unrepresentable')),
  value text,
  create_revision bigint not null default 0,
  version bigint not null default 0,
  lease bigint not null default 0,
  origin text not null,
  author text,
  from_snapshot boolean not null default false,
  pruned_before boolean not null default false,
  applied_at timestamptz not null default clock_timestamp(),
  primary key (route, key, epoch, revision)
);
comment on table etcd_history is 'Every revision that was applied and not pruned. etcd_log, etcd_get and etcd_at read it.';
comment on column etcd_history.route is 'Route of the key.';
comment on column etcd_history.key is 'Key in etcd.';
comment on column etcd_history.epoch is 'Epoch of the revision. A restored or replaced etcd begins a new epoch.';
comment on column etcd_history.revision is 'mod_revision of a put; revision of a deletion, or of the snapshot that showed the deletion.';
comment on column etcd_history.op is 'put, delete, or unrepresentable: etcd got a value that PostgreSQL text cannot hold.';
comment on column etcd_history.value is 'Value of a put; null otherwise.';
comment on column etcd_history.create_revision is 'create_revision of the key; 0 for a deletion.';
comment on column etcd_history.version is 'version of the key; 0 for a deletion.';
comment on column etcd_history.lease is 'Lease of the key; 0 without one.';
comment on column etcd_history.origin is '''etcd'', or the origin of the database that made the change.';
comment on column etcd_history.author is 'PostgreSQL role that made the change; null if it was made in etcd.';
comment on column etcd_history.from_snapshot is 'True if a snapshot showed the revision: revisions before it may be missing.';
comment on column etcd_history.pruned_before is 'True if earlier entries of the key were pruned.';
comment on column etcd_history.applied_at is 'Time at which the sink applied the revision.';

create table etcd_prune_position (
  route text collate "C" primary key,
  after_key text collate "C" not null default ''
);
comment on table etcd_prune_position is 'Position of pruning in the history of each route.';
comment on column etcd_prune_position.route is 'Route of the keys.';
comment on column etcd_prune_position.after_key is 'Keys up to this one were looked at in the present pass.';

create table etcd_conflict (
  id bigint generated always as identity primary key,
  route text collate "C" not null,
  key text collate "C" not null,
  change_id bigint not null,
  op text not null,
  value text,
  txid xid8 not null,
  author text not null,
  changed_at timestamptz not null,
  send_number bigint,
  base_epoch bigint not null,
  base_revision bigint not null,
  won_epoch bigint not null,
  won_revision bigint not null,
  reason text not null,
  applied_late boolean not null default false,
  detected_at timestamptz not null default clock_timestamp(),
  publish_number bigint
);
create index etcd_conflict_unnumbered_idx on etcd_conflict (id) where publish_number is null;
create index etcd_conflict_publish_number_idx on etcd_conflict (publish_number);
create index etcd_conflict_route_key_idx on etcd_conflict (route, key);
comment on table etcd_conflict is 'Local changes that lost to a change in etcd. The notify source publishes each of them in the conflicts topic.';
comment on column etcd_conflict.id is 'Order in which the conflicts were detected.';
comment on column etcd_conflict.route is 'Route of the key.';
comment on column etcd_conflict.key is 'Key of the change.';
comment on column etcd_conflict.change_id is 'Id that the change had in etcd_wal.';
comment on column etcd_conflict.op is 'put or delete.';
comment on column etcd_conflict.value is 'Value of a put that lost; null for a delete.';
comment on column etcd_conflict.txid is 'Transaction of the change.';
comment on column etcd_conflict.author is 'Role that made the change (session_user).';
comment on column etcd_conflict.changed_at is 'Time of the local change.';
comment on column etcd_conflict.send_number is 'Number under which the change was sent last; null if it was never sent.';
comment on column etcd_conflict.base_epoch is 'Epoch of the state on which the change was built.';
comment on column etcd_conflict.base_revision is 'Revision on which the change was built; 0 if the key was absent.';
comment on column etcd_conflict.won_epoch is 'Epoch of the revision that won.';
comment on column etcd_conflict.won_revision is 'Revision that won.';
comment on column etcd_conflict.reason is 'Why the change lost.';
comment on column etcd_conflict.applied_late is 'True if etcd applied the change after all: an insert that found the key absent again.';
comment on column etcd_conflict.detected_at is 'Time at which the conflict was detected.';
comment on column etcd_conflict.publish_number is 'Number of the record in the conflicts topic. Dispatch assigns it; null until then.';

create table etcd_snapshot (
  route text collate "C" not null,
  partition int not null,
  after_key text collate "C" not null,
  through_key text collate "C" not null,
  epoch bigint not null,
  revision bigint not null,
  request_id bigint not null,
  partitions int not null,
  ended_at timestamptz not null default clock_timestamp(),
  primary key (route, partition, after_key, through_key)
);
comment on table etcd_snapshot is 'The last complete snapshot of each key range, by topic partition. Dispatch sends changes of these ranges only.';
comment on column etcd_snapshot.route is 'Route of the range.';
comment on column etcd_snapshot.partition is 'Topic partition of the keys.';
comment on column etcd_snapshot.after_key is 'Lower bound, exclusive; the empty string is open.';
comment on column etcd_snapshot.through_key is 'Upper bound, inclusive; the empty string is open.';
comment on column etcd_snapshot.epoch is 'Epoch of the snapshot.';
comment on column etcd_snapshot.revision is 'Revision of etcd at which the snapshot ended.';
comment on column etcd_snapshot.request_id is 'Last request that the snapshot answers.';
comment on column etcd_snapshot.partitions is 'Number of partitions over which the etcd source spreads keys.';
comment on column etcd_snapshot.ended_at is 'Time at which the sink applied the end of the snapshot.';

create table etcd_first_snapshot (
  route text collate "C" not null,
  epoch bigint not null,
  partition int not null,
  after_key text collate "C" not null,
  through_key text collate "C" not null,
  revision bigint not null,
  ended_at timestamptz not null default clock_timestamp(),
  primary key (route, epoch, partition, after_key, through_key)
);
comment on table etcd_first_snapshot is 'The first complete snapshot of each key range in each epoch. From its revision on, the history has each'
  ' revision, except for the gaps that etcd_log shows.';
comment on column etcd_first_snapshot.route is 'Route of the range.';
comment on column etcd_first_snapshot.epoch is 'Epoch of the snapshot.';
comment on column etcd_first_snapshot.partition is 'Topic partition of the keys.';
comment on column etcd_first_snapshot.after_key is 'Lower bound, exclusive; the empty string is open.';
comment on column etcd_first_snapshot.through_key is 'Upper bound, inclusive; the empty string is open.';
comment on column etcd_first_snapshot.revision is 'Revision of etcd at which the snapshot ended.';
comment on column etcd_first_snapshot.ended_at is 'Time at which the sink applied the end of the snapshot.';

create table etcd_untrusted_range (
  route text collate "C" not null,
  partition int not null,
  after_key text collate "C" not null,
  through_key text collate "C" not null,
  request_id bigint not null,
  epoch bigint not null,
  since timestamptz not null default clock_timestamp(),
  end_seen boolean not null default false,
  primary key (route, partition, after_key, through_key)
);
comment on table etcd_untrusted_range is 'Key ranges of which records were lost. The sink does not trust answers there until an end mark answers'
  ' the request or a later one, or until the second end mark after the loss. Bounds as in etcd_snapshot.';
comment on column etcd_untrusted_range.route is 'Route of the range.';
comment on column etcd_untrusted_range.partition is 'Topic partition of the keys.';
comment on column etcd_untrusted_range.after_key is 'Lower bound, exclusive; the empty string is open.';
comment on column etcd_untrusted_range.through_key is 'Upper bound, inclusive; the empty string is open.';
comment on column etcd_untrusted_range.end_seen is 'True if a snapshot has ended since the loss. It may have begun before the loss; the next one did not.';
comment on column etcd_untrusted_range.request_id is 'Request for the snapshot that heals the range.';
comment on column etcd_untrusted_range.epoch is 'Epoch at the time of the request.';
comment on column etcd_untrusted_range.since is 'Time at which the sink noticed the loss.';

create table etcd_request (
  id bigint primary key,
  route text collate "C" not null,
  kind text not null check (kind in ('snapshot', 'new_epoch')),
  after_key text collate "C" not null default '',
  through_key text collate "C" not null default '',
  epoch bigint not null default 0,
  reason text not null,
  requested_by text not null default session_user,
  requested_at timestamptz not null default clock_timestamp(),
  send_number bigint
);
create index etcd_request_unnumbered_idx on etcd_request (id) where send_number is null;
create index etcd_request_send_number_idx on etcd_request (send_number);
comment on table etcd_request is 'Requests to the other side. An end mark answers a request for a snapshot, a later epoch a request for a new epoch;'
  ' then the row is deleted. Bounds as in etcd_snapshot.';
comment on column etcd_request.id is 'The larger of the last id plus 1 and the time in microseconds: it grows in a restored database too.';
comment on column etcd_request.route is 'Route of the request.';
comment on column etcd_request.kind is 'snapshot: read the range again. new_epoch: etcd has another history.';
comment on column etcd_request.after_key is 'Lower bound, exclusive; the empty string is open.';
comment on column etcd_request.through_key is 'Upper bound, inclusive; the empty string is open.';
comment on column etcd_request.epoch is 'new_epoch: the epoch that was found wrong. snapshot: the epoch at the time of the request, 0 if unknown.';
comment on column etcd_request.reason is 'Why the request was made.';
comment on column etcd_request.requested_by is 'Role that made the request.';
comment on column etcd_request.requested_at is 'Time of the request.';
comment on column etcd_request.send_number is 'Number of the record that carries the request. Dispatch assigns it; null until then.';

create table etcd_sink_offset (
  topic text collate "C" not null,
  partition int not null,
  next_offset bigint not null,
  primary key (topic, partition)
);
comment on table etcd_sink_offset is 'Position of the sink in the etcd topics, written in the transaction that applies the records.';
comment on column etcd_sink_offset.topic is 'Name of the topic.';
comment on column etcd_sink_offset.partition is 'Number of the partition.';
comment on column etcd_sink_offset.next_offset is 'Lowest offset that was not applied.';

create table etcd_sink_chain (
  topic text collate "C" not null,
  partition int not null,
  after_key text collate "C" not null,
  through_key text collate "C" not null,
  last_number bigint not null,
  reached_epoch bigint not null default 0,
  reached_revision bigint not null default 0,
  primary key (topic, partition, after_key, through_key)
);
comment on table etcd_sink_chain is 'Number of the last record of each sender. The next record must name it as its predecessor; otherwise records'
  ' were lost.';
comment on column etcd_sink_chain.topic is 'Name of the topic.';
comment on column etcd_sink_chain.partition is 'Number of the partition.';
comment on column etcd_sink_chain.after_key is 'Lower bound of the sender''s key range, exclusive; the empty string is open.';
comment on column etcd_sink_chain.through_key is 'Upper bound of the sender''s key range, inclusive; the empty string is open.';
comment on column etcd_sink_chain.last_number is 'Number of the last record.';
comment on column etcd_sink_chain.reached_epoch is 'Epoch of reached_revision; 0 before the first record.';
comment on column etcd_sink_chain.reached_revision is 'Highest revision that a record of the sender has named. All earlier events of the range are'
  ' applied.';

create table etcd_sink_source (
  topic text collate "C" not null,
  partition int not null,
  name text collate "C" not null,
  cluster_id text collate "C" not null,
  through_number bigint,
  since timestamptz not null default clock_timestamp(),
  primary key (topic, partition, name, cluster_id)
);
comment on table etcd_sink_source is 'Etcd sources that have written a topic partition. One of them is current. The sink refuses new records of a source'
  ' that another source has replaced; etcd_accept_source allows such a source to write again.';
comment on column etcd_sink_source.topic is 'Topic of the route.';
comment on column etcd_sink_source.partition is 'Partition of the topic.';
comment on column etcd_sink_source.name is 'Name of the connector.';
comment on column etcd_sink_source.cluster_id is 'Cluster id of etcd.';
comment on column etcd_sink_source.through_number is 'Records of the source are accepted up to this number; null for the current source.';
comment on column etcd_sink_source.since is 'Time at which the sink saw the source first.';

create table etcd_connector (
  kind text not null check (kind in ('source', 'sink')),
  name text collate "C" not null,
  instance uuid not null,
  routes text[] not null default '{}',
  since timestamptz not null default clock_timestamp(),
  seen_at timestamptz not null default clock_timestamp(),
  primary key (kind, name, instance)
);
comment on table etcd_connector is 'Connectors that work on this database, or did in the last hour. Two sources, or two sinks with a common route, do work twice; they warn'
  ' about each other.';
comment on column etcd_connector.kind is 'source: sends local changes to Kafka; sink: applies events of etcd.';
comment on column etcd_connector.name is 'Name of the connector.';
comment on column etcd_connector.instance is 'Names one run of a task; all zeros if several tasks of the connector share the work.';
comment on column etcd_connector.routes is 'Routes of a sink. Empty for a source, which works on all routes.';
comment on column etcd_connector.since is 'Time at which the run began.';
comment on column etcd_connector.seen_at is 'Time at which the run announced itself last.';

create table etcd_sink_pause (
  topic text collate "C" not null,
  partition int not null,
  route text collate "C" not null,
  key text collate "C" not null,
  holders text[] not null,
  records int not null,
  bytes bigint not null,
  since timestamptz not null default clock_timestamp(),
  primary key (topic, partition)
);
comment on table etcd_sink_pause is 'Topic partitions in which records wait for long, because other transactions have locked rows. The sink pauses a partition if too many records wait.';
comment on column etcd_sink_pause.topic is 'Topic of the route.';
comment on column etcd_sink_pause.partition is 'Partition of the topic.';
comment on column etcd_sink_pause.route is 'Name of the route.';
comment on column etcd_sink_pause.key is 'Key for which most of the records wait, or that has waited for more than 30 s.';
comment on column etcd_sink_pause.holders is 'Server processes and prepared transactions that have locked the row of the key, or the table.';
comment on column etcd_sink_pause.records is 'Number of records that wait.';
comment on column etcd_sink_pause.bytes is 'Estimated size of these records in memory.';
comment on column etcd_sink_pause.since is 'Time of the first report.';

create table etcd_dispatch_state (
  singleton boolean primary key default true check (singleton),
  last_number bigint not null default 0,
  published_number bigint not null default 0,
  scanned_snapshot pg_snapshot not null,
  target_snapshot pg_snapshot,
  scan_txid xid8,
  scan_id bigint,
  sweep_route text collate "C" not null default '',
  sweep_key text collate "C" not null default ''
);
insert into etcd_dispatch_state (scanned_snapshot) values (pg_current_snapshot());
comment on table etcd_dispatch_state is 'Position of dispatch. One row; its lock serializes dispatch.';
comment on column etcd_dispatch_state.singleton is 'Always true: the table has one row.';
comment on column etcd_dispatch_state.last_number is 'Last number that was assigned.';
comment on column etcd_dispatch_state.published_number is 'Conflicts up to this number are in the conflicts topic.';
comment on column etcd_dispatch_state.scanned_snapshot is 'Dispatch has looked at every change that is visible in this snapshot.';
comment on column etcd_dispatch_state.target_snapshot is 'A scan is under way to this snapshot; null if none is.';
comment on column etcd_dispatch_state.scan_txid is 'Transaction that the scan has reached.';
comment on column etcd_dispatch_state.scan_id is 'Id in etcd_wal that the scan has reached.';
comment on column etcd_dispatch_state.sweep_route is 'Route that etcd_sweep has reached.';
comment on column etcd_dispatch_state.sweep_key is 'Key that etcd_sweep has reached.';
