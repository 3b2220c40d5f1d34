-- The bookkeeping of etcd-pg-connect: what is pending, what etcd holds, what happened, what was lost.
-- Objects are created in the first schema of the search path. By hand:
--   create schema etcd_sync; set search_path = etcd_sync, public; \i V1__bookkeeping.sql ...

-- This database, named in every record that it sends.
create table etcd_database (
  singleton boolean primary key default true check (singleton),
  origin uuid not null default gen_random_uuid(),
  installed_at timestamptz not null default now(),
  schema_version int not null default 1         -- the last versioned file that was run, also by hand
);
insert into etcd_database default values;

-- One mirrored prefix and its table.
create table etcd_route (
  route text collate "C" primary key,
  prefix text collate "C" not null unique check (prefix <> ''),
  table_schema name not null,
  table_name name not null,
  unique (table_schema, table_name)
);

-- Local changes that are not settled. Rows are appended by the triggers and deleted when settled, never updated: what is in flight is noted
-- beside the mirror. Of a key, ids follow the order of commits, because the row's lock is held when the trigger runs.
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
-- dispatch finds what has become visible since it looked last
create index etcd_wal_txid_id_idx on etcd_wal (txid, id);

-- Of each key what etcd holds, as far as it has been applied, and the one local change that is in flight or held.
-- The row is also the key's lock: dispatch and the sink take it before they decide anything about the key.
create table etcd_mirror (
  route text collate "C" not null,
  key text collate "C" not null,
  -- what etcd holds: revision 0 = absent
  epoch bigint not null default 0,
  revision bigint not null default 0,
  value_hash bytea,                             -- sha256(convert_to(value, 'UTF8')); null when absent or unrepresentable
  create_revision bigint not null default 0,
  version bigint not null default 0,
  lease bigint not null default 0,
  unrepresentable boolean not null default false,
  -- the last event applied, of whatever kind
  applied_epoch bigint not null default 0,
  applied_revision bigint not null default 0,
  -- wal entries of the key up to this id are settled
  settled_id bigint not null default 0,
  -- in flight or held: the wal entries of the key with id <= change_id (the earlier ones were skipped and share its outcome)
  status text check (status in ('inflight', 'held')),
  change_id bigint,
  sent_op text check (sent_op in ('put', 'delete')),
  sent_value text,
  sent_hash bytea,
  send_number bigint,                           -- the change's identity: the number under which it was sent last
  probe_number bigint,                          -- the number under which its outcome was asked for
  next_action text check (next_action in ('send', 'probe')), -- to be numbered by the next dispatch
  base_epoch bigint,
  base_revision bigint,
  reason text,                                  -- why it is held
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

-- Keys that dispatch must look at although none of their wal entries is new: their head was settled, or something is due. Append to it: it
-- is a queue, where a key may stand twice, and has no unique key that could make anybody wait for another's transaction.
create table etcd_dispatch_queue (
  id bigint generated always as identity primary key,
  route text collate "C" not null,
  key text collate "C" not null
);

-- Every revision that was applied.
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
  origin text not null,                         -- 'etcd', or the UUID of the database whose change it was
  author text,                                  -- PostgreSQL role of that change
  from_snapshot boolean not null default false, -- seen by a snapshot: revisions in between may be missing
  applied_at timestamptz not null default clock_timestamp(),
  primary key (route, key, epoch, revision)
);

-- Local changes that lost to one made in etcd.
create table etcd_conflict (
  id bigint generated always as identity primary key,
  route text collate "C" not null,
  key text collate "C" not null,
  change_id bigint not null,                    -- its id in etcd_wal
  op text not null,
  value text,
  txid xid8 not null,
  author text not null,
  changed_at timestamptz not null,              -- when it was made
  send_number bigint,                           -- number under which it was sent last, null if it never was
  base_epoch bigint not null,                   -- what it was built on
  base_revision bigint not null,
  won_epoch bigint not null,                    -- what it lost to
  won_revision bigint not null,
  reason text not null,
  applied_late boolean not null default false,  -- etcd took it after all, after a delete
  detected_at timestamptz not null default clock_timestamp(),
  publish_number bigint                         -- place in the order of what is published; given by dispatch
);
create index etcd_conflict_unnumbered_idx on etcd_conflict (id) where publish_number is null;
create index etcd_conflict_publish_number_idx on etcd_conflict (publish_number);
create index etcd_conflict_route_key_idx on etcd_conflict (route, key);

-- The last ended snapshot of each range, by topic partition. Bounds as in the records: after_key < key <= through_key, '' is open.
create table etcd_snapshot (
  route text collate "C" not null,
  partition int not null,
  after_key text collate "C" not null,
  through_key text collate "C" not null,
  epoch bigint not null,
  revision bigint not null,
  request_id bigint not null,
  partitions int not null,                      -- how many the source divides keys into
  ended_at timestamptz not null default clock_timestamp(),
  primary key (route, partition, after_key, through_key)
);

-- Ranges of which records were lost: answers are not trusted until an end mark names this request or a later one.
create table etcd_untrusted_range (
  route text collate "C" not null,
  partition int not null,
  after_key text collate "C" not null,
  through_key text collate "C" not null,
  request_id bigint not null,
  epoch bigint not null,                        -- epoch in force when it was requested
  since timestamptz not null default clock_timestamp(),
  primary key (route, partition, after_key, through_key)
);

-- What is asked of the other side. Kept until an end mark (kind snapshot) or a later epoch (kind new_epoch) answers it.
create table etcd_request (
  id bigint primary key,                        -- max(last + 1, now in microseconds): grows, also across a restored database
  route text collate "C" not null,
  kind text not null check (kind in ('snapshot', 'new_epoch')),
  after_key text collate "C" not null default '',
  through_key text collate "C" not null default '',
  epoch bigint not null default 0,              -- new_epoch: the epoch found wrong
  reason text not null,
  requested_by text not null default session_user,
  requested_at timestamptz not null default clock_timestamp(),
  send_number bigint                            -- send number, given by dispatch
);
create index etcd_request_unnumbered_idx on etcd_request (id) where send_number is null;
create index etcd_request_send_number_idx on etcd_request (send_number);

-- Where the sink stands in the etcd topics, committed with what it applied.
create table etcd_sink_offset (
  topic text collate "C" not null,
  partition int not null,
  next_offset bigint not null,                  -- the lowest offset not applied
  primary key (topic, partition)
);

-- The last number seen of each sender's chain.
create table etcd_sink_chain (
  topic text collate "C" not null,
  partition int not null,
  after_key text collate "C" not null,
  through_key text collate "C" not null,
  last_number bigint not null,
  primary key (topic, partition, after_key, through_key)
);

-- Dispatch: the last number given, and how far new wal entries have been looked at. The row's lock serializes dispatch.
create table etcd_dispatch_state (
  singleton boolean primary key default true check (singleton),
  last_number bigint not null default 0,
  scanned_snapshot pg_snapshot not null,        -- what was visible in it has been looked at
  target_snapshot pg_snapshot,                  -- being looked at: what is visible in it and was not in seen ...
  scan_txid xid8,                               -- ... from here on
  scan_id bigint,
  sweep_route text collate "C" not null default '', -- how far the slow sweep over all keys has come
  sweep_key text collate "C" not null default ''
);
insert into etcd_dispatch_state (scanned_snapshot) values (pg_current_snapshot());
