-- Functions and views for operators.
do $$ begin perform set_config('search_path', quote_ident(current_schema()) || ', pg_temp', false); end $$;

-- Writes the mirrored value into the row of a key. The caller holds the locks of the row and the mirror, and no change of the key is pending. The row
-- in etcd_row_restore makes the triggers skip this write, whatever the role of the session: a role that may only call etcd_resolve cannot make it.
create or replace function etcd_write_mirrored_row(p_route text, p_key text) returns void
language plpgsql set search_path from current set row_security = off as $$
declare
  v_route etcd_route;
  m etcd_mirror;
  v_value text;
begin
  select * into strict v_route from etcd_route r where r.route = p_route;
  select * into strict m from etcd_mirror x where x.route = p_route and x.key = p_key;
  if m.revision > 0 and not m.unrepresentable then
    select h.value into v_value from etcd_history h
      where h.route = p_route and h.key = p_key and h.revision = m.revision and h.op = 'put' and sha256(convert_to(h.value, 'UTF8')) = m.value_hash
      order by h.epoch desc limit 1;
    if not found then
      raise exception 'etcd_history does not have revision % of "%" any more', m.revision, p_key
        using errcode = 'no_data_found', hint = 'Resolve the change with ''postgres''; or write the value that etcd has, then resolve it.';
    end if;
  end if;
  perform set_config('etcd_sync.applying', 'on', true);
  insert into etcd_row_restore (txid) values (pg_current_xact_id());
  if v_value is null then
    execute format('delete from %I.%I where key = $1', v_route.table_schema, v_route.table_name) using p_key;
  else
    execute format($q$
      insert into %I.%I as t (key, value, create_revision, mod_revision, version, lease) values ($1, $2, $3, $4, $5, $6)
      on conflict (key) do update set value = excluded.value, create_revision = excluded.create_revision,
        mod_revision = excluded.mod_revision, version = excluded.version, lease = excluded.lease $q$, v_route.table_schema, v_route.table_name)
      using p_key, v_value, m.create_revision, m.revision, m.version, m.lease;
  end if;
  delete from etcd_row_restore r where r.txid = pg_current_xact_id();
  perform set_config('etcd_sync.applying', 'off', true);
end $$;

-- Decides about a held change. A security definer, so that an operator needs no right to write the tables; etcd_grant_to_operator permits the call. Side 'etcd' gives the change up: the change is moved to etcd_conflict, and the row takes the value of etcd unless
-- another change of the key waits. Side 'postgres' sends the change again, built on the present state of etcd. Returns a sentence that says what was
-- done.
create or replace function etcd_resolve(key text, side text, route text default null) returns text
language plpgsql security definer set search_path from current set row_security = off as $$
#variable_conflict use_column
declare
  p_key constant text := $1;
  p_side constant text := $2;
  p_route constant text := $3;
  v_route etcd_route;
  m etcd_mirror;
begin
  if p_side is null or p_side not in ('etcd', 'postgres') then
    raise exception 'side must be ''etcd'' or ''postgres''' using errcode = 'invalid_parameter_value',
      hint = '''etcd'' gives the change up, ''postgres'' sends it again.';
  end if;
  select r.* into v_route from etcd_route r
    where r.route = coalesce(p_route, r.route) and starts_with(p_key, r.prefix) limit 1;
  if not found then
    raise exception 'key "%" is in no route', left(p_key, 200) using errcode = 'no_data_found', hint = 'select * from etcd_route';
  end if;
  -- in the order of the sink: the row, then the mirror
  execute format('select from %I.%I t where t.key = $1 for update', v_route.table_schema, v_route.table_name) using p_key;
  select * into m from etcd_mirror x where x.route = v_route.route and x.key = p_key for update;
  if m.status is distinct from 'held' then
    raise exception 'no change of "%" is held', left(p_key, 200) using errcode = 'no_data_found',
      hint = 'select * from etcd_pending where status = ''held''';
  end if;
  if p_side = 'postgres' then
    update etcd_mirror x set status = 'inflight', next_action = 'send', reason = null where x.route = m.route and x.key = m.key;
  else
    insert into etcd_conflict (route, key, change_id, op, value, txid, author, changed_at, send_number, base_epoch, base_revision, won_epoch,
        won_revision, reason)
      select w.route, w.key, w.id, w.op, w.value, w.txid, w.author, w.changed_at, case when w.id = m.change_id then m.send_number end,
        coalesce(m.base_epoch, 0), coalesce(m.base_revision, 0), m.epoch, m.revision, format('given up by %s: %s', session_user, m.reason)
      from etcd_wal w where w.route = m.route and w.key = m.key and w.id <= m.change_id;
    delete from etcd_wal w where w.route = m.route and w.key = m.key and w.id <= m.change_id;
    update etcd_mirror x set status = null, settled_id = m.change_id, change_id = null, sent_op = null, sent_value = null, sent_hash = null,
        send_number = null, probe_number = null, next_action = null, base_epoch = null, base_revision = null, reason = null
      where x.route = m.route and x.key = m.key;
    if not exists (select from etcd_wal w where w.route = m.route and w.key = m.key) then
      perform etcd_write_mirrored_row(m.route, m.key);
    end if;
  end if;
  insert into etcd_dispatch_queue (route, key) values (m.route, m.key);
  perform etcd_notify();
  return case p_side when 'postgres' then 'will be sent again' else 'given up, see etcd_conflict' end;
end $$;

-- Makes a copy of a database its own: gives the database a new origin, and sends changes in flight and requests again. A copy has the origin of the
-- database from which it was made, and the etcd sink refuses the sends of one of them. Call the function in the copy, or in either of them. It ends
-- the sessions of the connectors in this database, which connect again and use the new origin. Returns the new origin.
create or replace function etcd_become_original() returns uuid
language plpgsql set search_path from current as $$
declare
  v_origin uuid;
begin
  -- dispatch and connectors that connect anew wait until this transaction ends
  perform from etcd_dispatch_state for update;
  lock table etcd_database in access exclusive mode;
  update etcd_database set origin = gen_random_uuid() returning origin into v_origin;
  -- The event of a change may be under way, so the change stays in flight. It gets a new number, and answers under the old one are skipped.
  with again as (
    update etcd_mirror m set next_action = 'send', probe_number = null where m.status = 'inflight' returning m.route, m.key
  )
  insert into etcd_dispatch_queue (route, key) select a.route, a.key from again a;
  update etcd_request set send_number = null where send_number is not null;
  begin
    perform pg_terminate_backend(a.pid) from pg_stat_activity a
      where a.datname = current_database() and a.application_name ~ '^etcd-pg(-connect)? ' and a.pid <> pg_backend_pid();
  exception when insufficient_privilege then
    raise notice 'this role may not end the sessions of the connectors' using hint = 'Restart the PostgreSQL sink and the notify source.';
  end;
  perform etcd_notify();
  return v_origin;
end $$;

-- Requests a snapshot of a key range: after_key is exclusive, through_key is inclusive, and an empty string means no bound. Returns the id of the
-- request.
create or replace function etcd_resync(after_key text, through_key text, route text) returns bigint
language plpgsql set search_path from current as $$
#variable_conflict use_column
declare
  v_id bigint;
begin
  if not exists (select from etcd_route r where r.route = $3) then
    raise exception 'there is no route "%"', $3 using errcode = 'no_data_found', hint = 'select * from etcd_route';
  elsif greatest(octet_length($1), octet_length($2)) > etcd_max_bound_bytes() then
    raise exception 'bound of % bytes is too long: the limit is % bytes', greatest(octet_length($1), octet_length($2)), etcd_max_bound_bytes()
      using errcode = 'invalid_parameter_value', hint = 'Use a shorter bound: a lower one before the range, a higher one behind it.';
  end if;
  -- one at a time, so that ids grow
  perform pg_advisory_xact_lock(hashtextextended('etcd_request', 0));
  insert into etcd_request (id, route, kind, after_key, through_key, reason)
    select greatest(coalesce(max(q.id), 0) + 1, (extract(epoch from clock_timestamp()) * 1000000)::bigint), $3, 'snapshot', $1, $2, 'etcd_resync'
    from etcd_request q
    returning id into v_id;
  perform etcd_notify();
  return v_id;
end $$;

-- Requests a snapshot of the keys that begin with the prefix, in every route that has such keys. Returns the number of requests.
create or replace function etcd_resync(prefix text) returns bigint
language plpgsql set search_path from current as $$
#variable_conflict use_column
declare
  -- the limit of a bound is in bytes, and a character has at most 4; a shorter prefix requests more keys
  p_prefix constant text := left($1, etcd_max_bound_bytes() / 4);
  v_count bigint;
  v_last int;
begin
  if coalesce(p_prefix, '') <> '' then
    v_last := ascii(right(p_prefix, 1)) + 1;
    v_last := case when v_last = 55296 then 57344 else v_last end; -- PostgreSQL has no surrogates
  end if;
  -- Bounds may be wider than the prefix: the lower one is the prefix without its last character, the upper one has the next character in its place.
  select count(etcd_resync(
      case when starts_with(r.prefix, p_prefix) then '' else left(p_prefix, -1) end,
      case when starts_with(r.prefix, p_prefix) or v_last > 1114111 then '' else left(p_prefix, -1) || chr(v_last) end,
      r.route)) into v_count
    from etcd_route r where starts_with(r.prefix, p_prefix) or starts_with(p_prefix, r.prefix);
  if v_count = 0 then
    raise exception 'no route has keys that begin with "%"', p_prefix using errcode = 'no_data_found', hint = 'select * from etcd_route';
  end if;
  return v_count;
end $$;

-- Writes the mirrored state into the row of a key, for a row that was written past the triggers. A security definer like etcd_resolve. Refuses a key
-- with pending changes, because its row must have their value. Returns whether the row was different.
create or replace function etcd_restore_row(key text, route text default null) returns boolean
language plpgsql security definer set search_path from current as $$
#variable_conflict use_column
declare
  p_key constant text := $1;
  p_route constant text := $2;
  v_route etcd_route;
  v_before text;
  v_after text;
begin
  select r.* into v_route from etcd_route r
    where r.route = coalesce(p_route, r.route) and starts_with(p_key, r.prefix) limit 1;
  if not found then
    raise exception 'key "%" is in no route', left(p_key, 200) using errcode = 'no_data_found', hint = 'select * from etcd_route';
  end if;
  -- in the order of the sink: the row, then the mirror
  execute format('select row(t.value, t.create_revision, t.mod_revision, t.version, t.lease)::text from %I.%I t where t.key = $1 for update', v_route.table_schema, v_route.table_name) into v_before using p_key;
  if not exists (select from etcd_snapshot s where s.route = v_route.route) then
    raise exception 'route "%" has no snapshot yet, so the state of etcd is not known', v_route.route
      using errcode = 'object_not_in_prerequisite_state',
      hint = 'The first snapshot is applied when the etcd source and the PostgreSQL sink run.';
  end if;
  -- a key without a mirror row does not exist in etcd
  insert into etcd_mirror (route, key) values (v_route.route, p_key) on conflict do nothing;
  perform from etcd_mirror x where x.route = v_route.route and x.key = p_key for update;
  if exists (select from etcd_wal w where w.route = v_route.route and w.key = p_key) then
    raise exception 'a change of "%" is pending', left(p_key, 200) using errcode = 'object_not_in_prerequisite_state',
      hint = 'select * from etcd_pending';
  end if;
  perform etcd_write_mirrored_row(v_route.route, p_key);
  execute format('select row(t.value, t.create_revision, t.mod_revision, t.version, t.lease)::text from %I.%I t where t.key = $1', v_route.table_schema, v_route.table_name) into v_after using p_key;
  return v_before is distinct from v_after;
end $$;

revoke execute on function etcd_resolve(text, text, text), etcd_restore_row(text, text) from public;

-- Asks the etcd sink to begin a new epoch, after which all routes of the etcd cluster are read again and the bookkeeping is written anew. For a
-- mirror that contradicts etcd at the revision that it has. Returns the id of the request, or of an open one.
create or replace function etcd_new_epoch(route text) returns bigint
language plpgsql set search_path from current as $$
#variable_conflict use_column
declare
  v_epoch bigint;
  v_id bigint;
begin
  if not exists (select from etcd_route r where r.route = $1) then
    raise exception 'there is no route "%"', $1 using errcode = 'no_data_found', hint = 'select * from etcd_route';
  end if;
  select max(s.epoch) into v_epoch from etcd_snapshot s where s.route = $1;
  if v_epoch is null then
    raise exception 'route "%" has no snapshot yet', $1 using errcode = 'object_not_in_prerequisite_state',
      hint = 'The first snapshot is applied when the etcd source and the PostgreSQL sink run.';
  end if;
  perform pg_advisory_xact_lock(hashtextextended('etcd_request', 0));
  select q.id into v_id from etcd_request q where q.route = $1 and q.kind = 'new_epoch' and q.epoch = v_epoch;
  if v_id is null then
    insert into etcd_request (id, route, kind, epoch, reason)
      select greatest(coalesce(max(q.id), 0) + 1, (extract(epoch from clock_timestamp()) * 1000000)::bigint), $1, 'new_epoch', v_epoch,
        'etcd_new_epoch'
      from etcd_request q
      returning id into v_id;
    perform etcd_notify();
  end if;
  return v_id;
end $$;

-- Allows an etcd source to write the topic again after another source has replaced it. The sink learns of it when the task starts. Returns the number
-- of topic partitions.
create or replace function etcd_accept_source(topic text, name text) returns bigint
language plpgsql set search_path from current as $$
#variable_conflict use_column
declare
  v_count bigint;
begin
  delete from etcd_sink_source s where s.topic = $1 and s.name = $2 and s.through_number is not null;
  get diagnostics v_count = row_count;
  if v_count = 0 then
    raise exception 'no source "%" was replaced in topic "%"', $2, $1 using errcode = 'no_data_found', hint = 'select * from etcd_sink_source';
  end if;
  return v_count;
end $$;

-- Shows keys without pending changes whose row differs from the mirror, because the row was written past the triggers or another trigger changed it.
create or replace function etcd_differences(route text) returns table (key text, difference text)
language plpgsql stable set search_path from current set row_security = off as $$
#variable_conflict use_column
declare
  v_route etcd_route;
begin
  select * into v_route from etcd_route r where r.route = $1;
  if not found then
    raise exception 'there is no route "%"', $1 using errcode = 'no_data_found', hint = 'select * from etcd_route';
  end if;
  return query execute format($q$
    select * from (
      select coalesce(t.key, m.key) as key, case
        when m.key is null or m.revision = 0 or m.unrepresentable then case when t.key is not null then 'row without a key in etcd' end
        when t.key is null then 'no row for a key in etcd'
        when sha256(convert_to(t.value, 'UTF8')) <> m.value_hash then 'another value'
        when (t.mod_revision, t.create_revision, t.version, t.lease) <> (m.revision, m.create_revision, m.version, m.lease)
          then 'other revisions or lease'
        end as difference
      from %I.%I t full join (select * from etcd_mirror where route = $1) m on m.key = t.key
    ) d
    where d.difference is not null and not exists (select from etcd_wal w where w.route = $1 and w.key = d.key)
    order by d.key $q$, v_route.table_schema, v_route.table_name) using $1;
end $$;

-- CREATE OR REPLACE cannot change the columns of a view.
do $$
begin
  if to_regclass('etcd_my_pending') is not null then
    drop view etcd_my_pending;
  end if;
  if to_regclass('etcd_status') is not null then
    drop view etcd_status;
  end if;
  if to_regclass('etcd_pending') is not null then
    drop view etcd_pending;
  end if;
end $$;

create view etcd_pending as
  select w.route, w.key, w.id, w.op, w.value,
    case when m.change_id is null or w.id > m.change_id then 'waiting' when w.id < m.change_id then 'skipped' else m.status end as status,
    case when w.id <= m.change_id then m.reason end as reason,
    w.author, w.changed_at, w.txid,
    case when w.id <= m.change_id then m.send_number end as send_number,
    case when w.id <= m.change_id then m.next_action end as next_action,
    case when w.id <= m.change_id then m.base_epoch end as base_epoch,
    case when w.id <= m.change_id then m.base_revision end as base_revision
  from etcd_wal w left join etcd_mirror m on m.route = w.route and m.key = w.key;

comment on view etcd_pending is 'Local changes that are not settled.';
comment on column etcd_pending.route is 'Route of the key.';
comment on column etcd_pending.key is 'Key of the change.';
comment on column etcd_pending.id is 'Id of the change in etcd_wal. The ids of one key follow the order of commits.';
comment on column etcd_pending.op is 'put or delete.';
comment on column etcd_pending.value is 'Value of a put; null for a delete.';
comment on column etcd_pending.status is 'waiting: not sent yet. inflight: sent, etcd has not decided. skipped: shares the outcome of the later'
  ' change of its key that is in flight or held. held: waits for etcd_resolve(key, side).';
comment on column etcd_pending.reason is 'Why the change is held.';
comment on column etcd_pending.author is 'Role that made the change (session_user).';
comment on column etcd_pending.changed_at is 'Time of the change.';
comment on column etcd_pending.txid is 'Transaction of the change.';
comment on column etcd_pending.send_number is 'Number under which the change was sent last; null if it was not sent.';
comment on column etcd_pending.next_action is 'What dispatch must number next: the change again (send), or a probe.';
comment on column etcd_pending.base_epoch is 'Epoch of the state on which the sent change was built.';
comment on column etcd_pending.base_revision is 'Revision on which the sent change was built; 0 if the key was absent.';

create view etcd_status as
  select r.route, r.prefix, format('%I.%I', r.table_schema, r.table_name) as mirrored_table,
    (select count(*) from etcd_snapshot s where s.route = r.route) as ended_snapshots,
    p.changes as pending_changes, p.keys as pending_keys, p.inflight, p.held, now() - p.oldest as oldest_pending_age,
    (select count(*) from etcd_conflict c where c.route = r.route) as conflicts,
    (select count(*) from etcd_request q where q.route = r.route) as requests,
    (select string_agg(format('%s-%s waits for key "%s", locked by %s', s.topic, s.partition, s.key, coalesce(nullif(array_to_string(s.holders, ', '), ''), 'nobody now')), '; '
        order by s.topic, s.partition)
      from etcd_sink_pause s where s.route = r.route) as paused,
    (select now() - max(s.seen_at) from etcd_connector s where s.kind = 'source') as notify_source_age,
    (select now() - min(a.xact_start) from pg_stat_activity a where a.backend_xmin is not null and a.datname = current_database()
      and a.pid <> pg_backend_pid()) as oldest_transaction_age
  from etcd_route r
  cross join lateral (
    select count(*) as changes, count(distinct w.key) as keys, min(w.changed_at) as oldest,
      count(*) filter (where w.status = 'inflight') as inflight, count(*) filter (where w.status = 'held') as held
    from etcd_pending w where w.route = r.route) p;
comment on view etcd_status is 'State of each route.';
comment on column etcd_status.route is 'Name of the route.';
comment on column etcd_status.prefix is 'Prefix of the keys in etcd.';
comment on column etcd_status.mirrored_table is 'Mirrored table, with its schema.';
comment on column etcd_status.ended_snapshots is 'Number of key ranges with a complete snapshot. Changes of other ranges wait.';
comment on column etcd_status.pending_changes is 'Number of local changes that are not settled.';
comment on column etcd_status.pending_keys is 'Number of keys with such changes.';
comment on column etcd_status.inflight is 'Number of changes that were sent and that etcd has not decided.';
comment on column etcd_status.held is 'Number of changes that wait for etcd_resolve.';
comment on column etcd_status.oldest_pending_age is 'Age of the oldest change that is not settled; null if there is none.';
comment on column etcd_status.conflicts is 'Number of rows of the route in etcd_conflict.';
comment on column etcd_status.requests is 'Number of requests of the route that are not answered.';
comment on column etcd_status.paused is 'Topic partitions in which records have waited for more than 30 s, or that the sink has paused, and who has locked the row. Null if there is none.';
comment on column etcd_status.notify_source_age is 'Time since a notify source has announced itself, as it does every 15 s. Null if none has within the'
  ' last hour: then nobody sends the pending changes.';
comment on column etcd_status.oldest_transaction_age is 'Age of the oldest transaction of this database that holds a snapshot. Dispatch gets slower'
  ' while one stays open.';

comment on function etcd_resolve(text, text, text) is 'Decides a held change: etcd or postgres wins. The route is needed only if several routes'
  ' have the key.';
comment on function etcd_restore_row(text, text) is 'Writes the mirrored state into the row of a key that was written past the triggers. The route'
  ' is needed only if several routes have the key. Returns whether the row was different.';
comment on function etcd_new_epoch(text) is 'Asks for a new epoch: all routes of the etcd cluster are read again. Returns the id of the request.';
comment on function etcd_resync(text, text, text) is 'Requests a snapshot of the keys after the first bound, up to the second, of a route. An'
  ' empty bound is open. Returns the id of the request.';
comment on function etcd_resync(text) is 'Requests a snapshot of all keys with the prefix, in all routes. Returns the number of requests.';
comment on function etcd_accept_source(text, text) is 'Allows an etcd source (topic, name of the connector) to write again after another source has'
  ' replaced it. Restart the task of the sink afterwards. Returns the number of topic partitions.';
comment on function etcd_differences(text) is 'Returns the keys of a route whose row differs from the state of etcd that was applied last. Keys'
  ' with pending changes do not count.';

-- An application needs no rights on the tables of the bookkeeping to see its own changes.
create view etcd_my_pending with (security_barrier) as select * from etcd_pending where author = session_user;
comment on view etcd_my_pending is 'Local changes of this role (session_user) that are not settled. Columns as in etcd_pending.';

create or replace view etcd_my_conflict with (security_barrier) as
  select route, key, op, value, changed_at, base_epoch, base_revision, won_epoch, won_revision, reason, applied_late, detected_at, author
  from etcd_conflict where author = session_user;
comment on view etcd_my_conflict is 'Local changes of this role (session_user) that lost to a change in etcd. Columns as in etcd_conflict.';

-- Announces a connector that is at work. Returns the names of others of its kind, with a common route, that have announced themselves since this one
-- began. No routes mean all routes.
create or replace function etcd_announce(p_kind text, p_name text, p_instance uuid, p_routes text[]) returns setof text
language plpgsql set search_path from current as $$
declare
  v_now constant timestamptz := clock_timestamp();
  v_since timestamptz;
begin
  delete from etcd_connector c where c.seen_at < v_now - interval '1 hour';
  insert into etcd_connector as c (kind, name, instance, routes, since, seen_at) values (p_kind, p_name, p_instance, p_routes, v_now, v_now)
  on conflict (kind, name, instance) do update
    set since = case when c.seen_at < v_now - interval '1 minute' then v_now else c.since end, seen_at = v_now, routes = p_routes
  returning c.since into v_since;
  return query select c.name from etcd_connector c
    where c.kind = p_kind and (c.name, c.instance) <> (p_name, p_instance)
      and (c.routes && p_routes or cardinality(c.routes) = 0 or cardinality(p_routes) = 0)
      and c.seen_at > greatest(v_since, v_now - interval '1 minute')
    order by c.name;
end $$;

-- Returns the rights of a connector (sink or source) or of an operator on the bookkeeping tables, and on the mirrored tables (relation is null).
create or replace function etcd_rights(kind text) returns table (relation text, privileges text[])
language sql immutable as $$
  select r.relation, string_to_array(r.privileges, ' ') from (values
    ('sink', null, 'SELECT INSERT UPDATE DELETE'),
    ('sink', 'etcd_database', 'SELECT'),
    ('sink', 'etcd_route', 'SELECT'),
    ('sink', 'etcd_wal', 'SELECT DELETE'),
    ('sink', 'etcd_mirror', 'SELECT INSERT UPDATE'),
    ('sink', 'etcd_dispatch_queue', 'SELECT INSERT'),
    ('sink', 'etcd_history', 'SELECT INSERT'),
    ('sink', 'etcd_prune_position', 'SELECT'),
    ('sink', 'etcd_conflict', 'SELECT INSERT UPDATE'),
    ('sink', 'etcd_snapshot', 'SELECT INSERT UPDATE DELETE'),
    ('sink', 'etcd_first_snapshot', 'SELECT INSERT'),
    ('sink', 'etcd_connector', 'SELECT INSERT UPDATE DELETE'),
    ('sink', 'etcd_untrusted_range', 'SELECT INSERT UPDATE DELETE'),
    ('sink', 'etcd_request', 'SELECT INSERT UPDATE DELETE'),
    ('sink', 'etcd_sink_offset', 'SELECT INSERT UPDATE DELETE'),
    ('sink', 'etcd_sink_chain', 'SELECT INSERT UPDATE'),
    ('sink', 'etcd_sink_source', 'SELECT INSERT UPDATE'),
    ('sink', 'etcd_sink_pause', 'SELECT INSERT UPDATE DELETE'),
    ('source', null, 'SELECT UPDATE'),
    ('source', 'etcd_database', 'SELECT'),
    ('source', 'etcd_route', 'SELECT'),
    ('source', 'etcd_wal', 'SELECT DELETE'),
    ('source', 'etcd_mirror', 'SELECT INSERT UPDATE'),
    ('source', 'etcd_dispatch_queue', 'SELECT INSERT DELETE'),
    ('source', 'etcd_dispatch_state', 'SELECT UPDATE'),
    ('source', 'etcd_conflict', 'SELECT UPDATE'),
    ('source', 'etcd_request', 'SELECT UPDATE'),
    ('source', 'etcd_connector', 'SELECT INSERT UPDATE DELETE'),
    ('source', 'etcd_snapshot', 'SELECT'),
    ('operator', null, 'SELECT'),
    ('operator', 'etcd_database', 'SELECT'),
    ('operator', 'etcd_route', 'SELECT'),
    ('operator', 'etcd_wal', 'SELECT'),
    ('operator', 'etcd_mirror', 'SELECT'),
    ('operator', 'etcd_dispatch_queue', 'SELECT'),
    ('operator', 'etcd_dispatch_state', 'SELECT'),
    ('operator', 'etcd_history', 'SELECT'),
    ('operator', 'etcd_conflict', 'SELECT'),
    ('operator', 'etcd_snapshot', 'SELECT'),
    ('operator', 'etcd_first_snapshot', 'SELECT'),
    ('operator', 'etcd_connector', 'SELECT'),
    ('operator', 'etcd_untrusted_range', 'SELECT'),
    ('operator', 'etcd_request', 'SELECT INSERT'),
    ('operator', 'etcd_sink_offset', 'SELECT'),
    ('operator', 'etcd_sink_chain', 'SELECT'),
    ('operator', 'etcd_sink_source', 'SELECT DELETE'),
    ('operator', 'etcd_sink_pause', 'SELECT'),
    ('operator', 'etcd_pending', 'SELECT'),
    ('operator', 'etcd_status', 'SELECT')
  ) r(kind, relation, privileges) where r.kind = $1
$$;

-- Returns the mirrored tables. A security definer, so that a role without rights can look for the rights that it lacks.
create or replace function etcd_mirrored_tables() returns table (table_schema text, table_name text)
language sql stable security definer set search_path from current as $$
  select r.table_schema, r.table_name from etcd_route r
$$;

-- Returns the rights of etcd_rights(kind) that the calling role lacks, as texts for GRANT.
create or replace function etcd_missing_rights(kind text) returns setof text
language sql stable set search_path from current as $$
  select format('%s on table %s.%s', p.privilege, o.schema_name, o.table_name)
  from etcd_rights($1) r
  cross join lateral (
    select quote_ident(current_schema()) as schema_name, quote_ident(r.relation) as table_name,
      (select c.oid from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = current_schema() and c.relname = r.relation) as id
      where r.relation is not null
    union all
    select quote_ident(t.table_schema), quote_ident(t.table_name),
      (select c.oid from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = t.table_schema and c.relname = t.table_name)
      from etcd_mirrored_tables() t where r.relation is null) o
  cross join unnest(r.privileges) p(privilege)
  where not has_table_privilege(o.id, p.privilege)
  union all
  select format('BYPASSRLS (row-level security of table %I.%I hides rows)', t.table_schema, t.table_name)
  from etcd_mirrored_tables() t join pg_class c on c.relname = t.table_name
  join pg_namespace n on n.oid = c.relnamespace and n.nspname = t.table_schema
  where row_security_active(c.oid) and $1 in ('sink', 'source')
$$;

-- Grants a role the rights of etcd_rights(kind).
create or replace function etcd_grant(kind text, role name) returns void
language plpgsql set search_path from current as $$
declare
  r record;
begin
  execute format('grant usage on schema %I to %I', current_schema(), role);
  if kind = 'sink' then
    execute format('grant execute on function etcd_prune_piece(text, interval, bigint, bigint, bigint), etcd_prune_conflicts(interval, text, bigint)'
      ' to %I', role);
  end if;
  for r in select * from etcd_rights(kind) w where w.relation is not null loop
    execute format('grant %s on %I.%I to %I', array_to_string(r.privileges, ', '), current_schema(), r.relation, role);
  end loop;
  for r in select t.*, w.privileges from etcd_mirrored_tables() t cross join etcd_rights(kind) w where w.relation is null loop
    execute format('grant usage on schema %I to %I', r.table_schema, role);
    execute format('grant %s on %I.%I to %I', array_to_string(r.privileges, ', '), r.table_schema, r.table_name, role);
  end loop;
end $$;

-- Grants a role what the PostgreSQL sink with auto.create=false needs. With auto.create=true the role owns the tables, and needs CREATE on the
-- database, and CREATE on the schema of the mirrored tables. Call the function again after a new route or version was installed.
create or replace function etcd_grant_to_sink(role name) returns void
language sql set search_path from current as $$ select etcd_grant('sink', role) $$;

-- Grants a role what the notify source needs. Call the function again after a new route or version was installed.
create or replace function etcd_grant_to_source(role name) returns void
language sql set search_path from current as $$ select etcd_grant('source', role) $$;

-- Grants a role what both PostgreSQL connectors need.
create or replace function etcd_grant_to_connectors(role name) returns void
language sql set search_path from current as $$ select etcd_grant('sink', role), etcd_grant('source', role) $$;

-- Grants a role what an operator needs: to read the state, to decide about held changes, and to request snapshots. The role has no right with which
-- it could write past the triggers. Call the function again after a new route or version was installed.
create or replace function etcd_grant_to_operator(role name) returns void
language plpgsql set search_path from current as $$
begin
  perform etcd_grant('operator', role);
  execute format('grant execute on function etcd_resolve(text, text, text), etcd_restore_row(text, text) to %I', role);
  perform etcd_grant_history(role);
end $$;

-- Grants a role what an application needs: all rights on the rows of the mirrored tables, and the views etcd_my_pending and etcd_my_conflict.
-- TRUNCATE is among the rights so that the role gets the message of the trigger that refuses it; without the right, PostgreSQL does not run the
-- trigger, and its own message does not tell why. Call the function again after a new route or version was installed.
create or replace function etcd_grant_to_application(role name) returns void
language plpgsql set search_path from current as $$
declare
  r etcd_route;
begin
  execute format('grant usage on schema %I to %I', current_schema(), role);
  execute format('grant select on etcd_my_pending, etcd_my_conflict to %I', role);
  for r in select * from etcd_route loop
    execute format('grant usage on schema %I to %I', r.table_schema, role);
    execute format('grant select, insert, update, delete, truncate on %I.%I to %I', r.table_schema, r.table_name, role);
  end loop;
end $$;

do $$
declare
  r record;
begin
  for r in
    select v.relname as view, a.attname as column, col_description(t.oid, b.attnum) as comment
    from (values ('etcd_my_pending', 'etcd_pending'), ('etcd_my_conflict', 'etcd_conflict')) n(view, origin)
    join pg_class v on v.oid = n.view::regclass
    join pg_class t on t.oid = n.origin::regclass
    join pg_attribute a on a.attrelid = v.oid and a.attnum > 0
    join pg_attribute b on b.attrelid = t.oid and b.attname = a.attname
  loop
    execute format('comment on column %I.%I is %L', r.view, r.column, r.comment);
  end loop;
end $$;

comment on function etcd_become_original() is 'Gives a copy of a database an origin of its own. Returns the origin.';
comment on function etcd_announce(text, text, uuid, text[]) is 'Announces a connector that is at work; returns the names of others that do the same work.';
comment on function etcd_grant_to_connectors(name) is 'Grants a role the rights of the PostgreSQL sink with auto.create=false and of the notify'
  ' source.';
comment on function etcd_grant_to_sink(name) is 'Grants a role the rights of the PostgreSQL sink with auto.create=false.';
comment on function etcd_grant_to_source(name) is 'Grants a role the rights of the notify source.';
comment on function etcd_grant_to_operator(name) is 'Grants a role the rights to read the state, and to call the functions for operators.';
comment on function etcd_missing_rights(text) is 'Returns the rights of a sink, a source or an operator that the calling role lacks.';
comment on function etcd_grant_to_application(name) is 'Grants a role the rights on the mirrored tables, etcd_my_pending and etcd_my_conflict.';
