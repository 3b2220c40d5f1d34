-- Dispatch decides which local changes are sent, and numbers them. Call etcd_dispatch in a READ COMMITTED transaction of its own. Dispatch never
-- waits for a transaction of an application or of the sink: it looks at locked keys again in a later call.
--
-- Every key is looked up by an index, whatever the statistics say. These tables grow and shrink so fast that statistics and cached plans are
-- wrong, and a plan must not read a whole route for a few keys. Therefore functions run with the planner settings at the end of this file, lateral
-- subqueries have "offset 0" or "limit", which keeps the planner from turning them into joins, and ctid leads to rows that were found and are locked.
-- Arrays are compared with "(key in (select unnest(keys))) is true" or with "not in", which use a hash table. A cached plan for "key = any (keys)"
-- compares each pair.
do $$ begin perform set_config('search_path', quote_ident(current_schema()) || ', pg_temp', false); end $$;

-- ---------------------------------------------------------------- pure decisions

-- Returns the id of the change of a key that is sent next, if no change of the key is in flight or held. Changes of one transaction count as one:
-- first_id is the last change of the first transaction. If more than conflate_after changes wait, the last one is sent for all. Returns null if none
-- waits.
create or replace function etcd_next_change(waiting bigint, conflate_after bigint, first_id bigint, last_id bigint) returns bigint
language sql immutable parallel safe as $$
  select case when $1 > $2 then $4 else $3 end
$$;

-- Decides what dispatch does about a key. If a change is in flight or held, returns the action that is due (send or probe), or null for none.
-- Otherwise the result depends on the next change, which is an operation with the hash of its value (null for a delete): confirm if etcd already has
-- that value, else send. Returns null if no change waits.
create or replace function etcd_dispatch_action(status text, next_action text, op text, hash bytea,
  mirrored_revision bigint, mirrored_hash bytea, unrepresentable boolean) returns text
language sql immutable parallel safe as $$
  select case
    when $1 is not null then $2
    when $3 is null then null
    when not $7 and case $3 when 'put' then $5 > 0 and $4 = $6 else $5 = 0 end then 'confirm'
    else 'send' end
$$;

-- Returns the epoch on which a change is built. A mirrored revision belongs to the epoch in which it was mirrored. The absence of a key is also
-- known from the last snapshot of its range, in epoch snapshot_epoch.
create or replace function etcd_base_epoch(mirrored_epoch bigint, mirrored_revision bigint, snapshot_epoch bigint) returns bigint
language sql immutable parallel safe as $$
  select case when $2 > 0 then $1 else greatest($1, $3) end
$$;

-- ---------------------------------------------------------------- finding new changes

-- Returns, in order, the ranges [low, high) of the transactions that are finished in the target snapshot and were not finished in the scanned one.
-- Running transactions are in no range: dispatch does not even visit the rows of a large load before its commit.
create or replace function etcd_finished_transactions(scanned pg_snapshot, target pg_snapshot)
returns table (low xid8, high xid8)
language sql immutable as $$
  with running as (select x::text::bigint as x from pg_snapshot_xip($2) x),
  edges as (
    select pg_snapshot_xmax($1)::text::bigint as low
    union all
    select x + 1 from running where x >= pg_snapshot_xmax($1)::text::bigint
  ),
  ranges as (
    select low, lead(low - 1, 1, pg_snapshot_xmax($2)::text::bigint) over (order by low) as high from edges
    union all
    select x::text::bigint, x::text::bigint + 1 from pg_snapshot_xip($1) x where pg_visible_in_snapshot(x, $2)
  )
  select low::text::xid8, high::text::xid8 from ranges where low < high order by low
$$;

-- Returns the changes that have become visible between two snapshots, after (from_txid, from_id), in the order of (txid, id).
create or replace function etcd_new_changes(scanned pg_snapshot, target pg_snapshot, from_txid xid8, from_id bigint, max_rows int)
returns table (route text, key text, txid xid8, id bigint)
language sql stable set search_path from current as $$
  select w.route, w.key, w.txid, w.id
  from (select greatest(f.low, coalesce($3, f.low)) as low, case when $3 >= f.low then $4 else 0 end as low_id, f.high
        from etcd_finished_transactions($1, $2) f where $3 is null or f.high > $3 order by f.low) f,
    lateral (select w.route, w.key, w.txid, w.id from etcd_wal w
             where (w.txid, w.id) > (f.low, f.low_id) and w.txid < f.high order by w.txid, w.id limit $5) w
  order by w.txid, w.id
  limit $5
$$;

-- Returns whether dispatch has anything to do. Writes nothing and takes no lock, so that an idle poll costs no commit.
create or replace function etcd_has_work() returns boolean
language plpgsql stable set search_path from current as $$
declare
  c etcd_dispatch_state;
begin
  if exists (select from etcd_dispatch_queue) or exists (select from etcd_request where send_number is null)
      or exists (select from etcd_conflict where publish_number is null) then
    return true;
  end if;
  select * into c from etcd_dispatch_state;
  return c.target_snapshot is not null or pg_snapshot_xmax(c.scanned_snapshot) > pg_snapshot_xmax(pg_current_snapshot())
    or exists (select from etcd_new_changes(c.scanned_snapshot, pg_current_snapshot(), null, 0, 1));
end $$;

-- Returns the next keys with new changes, at most max_keys. Moves the scan forward in the state; the caller writes the state back.
create or replace function etcd_scan(inout state etcd_dispatch_state, max_keys int, out routes text[], out keys text[])
language plpgsql set search_path from current as $$
declare
  v_found bigint;
  v_txid xid8;
  v_id bigint;
begin
  if state.target_snapshot is null then
    state.target_snapshot := pg_current_snapshot();
    state.scan_txid := null;
    state.scan_id := 0;
    if pg_snapshot_xmax(state.scanned_snapshot) > pg_snapshot_xmax(state.target_snapshot) then
      -- the rows were loaded into another cluster, which numbers its transactions anew: look at every change that waits
      state.scanned_snapshot := state.target_snapshot;
      insert into etcd_dispatch_queue (route, key) select distinct w.route, w.key from etcd_wal w;
    end if;
  end if;
  select array_agg(u.route), array_agg(u.key), count(*),
      (array_agg(u.txid order by u.txid desc, u.id desc))[1], (array_agg(u.id order by u.txid desc, u.id desc))[1]
    into routes, keys, v_found, v_txid, v_id
    from etcd_new_changes(state.scanned_snapshot, state.target_snapshot, state.scan_txid, state.scan_id, max_keys) u;
  if v_found = max_keys then
    state.scan_txid := v_txid;
    state.scan_id := v_id;
  else
    state.scanned_snapshot := state.target_snapshot;
    state.target_snapshot := null;
    state.scan_txid := null;
    state.scan_id := null;
  end if;
end $$;

-- ---------------------------------------------------------------- locking keys

-- Inserts the mirror rows of keys that were never seen. The sink may be inserting the same row; the wait for it is very short.
create or replace function etcd_create_mirror_rows(p_route text, p_keys text[]) returns void
language plpgsql set search_path from current set lock_timeout = '5ms' as $$
declare
  one text;
begin
  begin
    insert into etcd_mirror (route, key) select p_route, k from unnest(p_keys) k order by k collate "C" on conflict do nothing;
  exception when lock_not_available then
    -- insert a few of the keys that nobody else is inserting; the caller queues the others
    for one in select k from unnest(p_keys) k order by random() limit 20 loop
      begin
        insert into etcd_mirror (route, key) values (p_route, one) on conflict do nothing;
      exception when lock_not_available then
        null; -- the caller finds no row and queues the key
      end;
    end loop;
  end;
end $$;

-- Locks the mirror rows of keys, which are the locks of the keys for the sink too. Returns the keys that were locked, and queues the other keys.
-- Callers must read the keys in later statements, because a statement that locks a row may have read the row before.
create or replace function etcd_lock_keys(p_route text, p_keys text[]) returns text[]
language plpgsql set search_path from current as $$
declare
  v_missing text[];
  v_locked text[];
begin
  select array_agg(k.key) into v_missing
  from unnest(p_keys) k(key)
  left join lateral (select true as known from etcd_mirror m where m.route = p_route and m.key = k.key limit 1) m on true
  where m.known is null;
  if v_missing is not null then
    perform etcd_create_mirror_rows(p_route, v_missing);
  end if;
  select array_agg(l.key) into v_locked
  from unnest(p_keys) k(key),
    lateral (select m.key from etcd_mirror m where m.route = p_route and m.key = k.key offset 0 for update skip locked) l;
  insert into etcd_dispatch_queue (route, key) select p_route, k from (select unnest(p_keys) except select unnest(v_locked)) u(k);
  return v_locked;
end $$;

-- ---------------------------------------------------------------- choosing, sending, confirming

-- Chooses what dispatch does about each of the locked keys. Keys about which dispatch has nothing to do are left out. The last change of a key
-- carries the row as it is now. p_epochs are the epochs of the last snapshots, one for each key. Columns of the result:
--   place    ctid of the mirror row
--   id       id of the next change; null if an action of the change in flight is due
--   sort_id  id of the next change or of the change in flight: numbers follow its order
--   is_row   whether the value is that of the row of the mirrored table, which exists
create or replace function etcd_choose_changes(p_route text, p_table text, p_keys text[], p_epochs bigint[], p_conflate_after int)
returns table (key text, place tid, snapshot_epoch bigint, id bigint, sort_id bigint, op text, value text, hash bytea, is_row boolean, action text)
language plpgsql set search_path from current as $$
begin
  return query execute format($q$
    with looked as materialized (
      select m.key, m.place, k.epoch as snapshot_epoch, m.status, m.next_action, m.change_id, m.revision, m.value_hash, m.unrepresentable,
        etcd_next_change(w.waiting, $4, w.first_id, w.last_id) as id,
        case when w.waiting > $4 then w.last_id else w.window_id end as last_id
      from unnest($1::text[], $2::bigint[]) k(key, epoch)
      cross join lateral (select x.*, x.ctid as place from etcd_mirror x where x.route = $3 and x.key = k.key limit 1) m
      left join lateral (
        select count(*) as waiting, max(g.id) filter (where g.txid = g.first_txid) as first_id, max(g.id) as window_id,
          (select z.id from etcd_wal z where z.route = $3 and z.key = m.key order by z.id desc limit 1) as last_id
        from (select w.id, w.txid, first_value(w.txid) over (order by w.id) as first_txid
              from (select w.id, w.txid from etcd_wal w where w.route = $3 and w.key = m.key and w.id > m.settled_id
                    order by w.id limit $4 + 1) w) g
      ) w on m.status is null
      where m.next_action is not null or w.waiting > 0
    ),
    valued as materialized (
      select l.*, l.id = l.last_id and t.key is not null as is_row,
        case when l.id < l.last_id then w.op when t.key is not null then 'put' when l.id = l.last_id then 'delete' end as op,
        case when l.id < l.last_id then w.value else t.value end as value
      from looked l
      left join lateral (select w.op, w.value from etcd_wal w where w.route = $3 and w.key = l.key and w.id = l.id limit 1) w
        on l.id < l.last_id
      left join lateral (select t.key, t.value from %1$s t where t.key = l.key limit 1) t on l.id = l.last_id
    ),
    hashed as materialized (
      select v.*, sha256(convert_to(v.value, 'UTF8')) as hash from valued v
    )
    select h.key, h.place, h.snapshot_epoch, h.id, coalesce(h.id, h.change_id), h.op, h.value, h.hash, coalesce(h.is_row, false),
      etcd_dispatch_action(h.status, h.next_action, h.op, h.hash, h.revision, h.value_hash, h.unrepresentable)
    from hashed h $q$, p_table)
  using p_keys, p_epochs, p_route, p_conflate_after;
end $$;

-- Numbers the sends and probes of locked keys from p_base + 1 on, in the order of changes, and writes them into the mirror. Returns the number of
-- sends and probes, and the changes that etcd already has: their keys, their ids, and the keys among them that have a row.
create or replace function etcd_number_changes(p_route text, p_table text, p_keys text[], p_epochs bigint[], p_conflate_after int, p_base bigint,
  out numbered bigint, out confirmed_keys text[], out confirmed_ids bigint[], out row_keys text[])
language plpgsql set search_path from current as $$
begin
  with chosen as materialized (
    select * from etcd_choose_changes(p_route, p_table, p_keys, p_epochs, p_conflate_after)
  ),
  numbers as materialized (
    select c.*, p_base + row_number() over (order by c.sort_id, c.key) as number from chosen c where c.action <> 'confirm'
  ),
  done as (
    update etcd_mirror m set
      status = 'inflight',
      change_id = coalesce(n.id, m.change_id),
      sent_op = case when n.id is null then m.sent_op else n.op end,
      sent_value = case when n.id is null then m.sent_value else n.value end,
      sent_hash = case when n.id is null then m.sent_hash else n.hash end,
      send_number = case n.action when 'probe' then m.send_number else n.number end,
      probe_number = case n.action when 'probe' then n.number end,
      next_action = null,
      base_epoch = case n.action when 'probe' then m.base_epoch else etcd_base_epoch(m.epoch, m.revision, n.snapshot_epoch) end,
      base_revision = case n.action when 'probe' then m.base_revision else m.revision end,
      reason = null
    from numbers n where m.ctid = n.place
    returning 1
  )
  select (select count(*) from done), array_agg(c.key), array_agg(c.id), array_agg(c.key) filter (where c.is_row)
    into numbered, confirmed_keys, confirmed_ids, row_keys
    from chosen c where c.action = 'confirm';
end $$;

-- Writes etcd's revisions into rows that are about to agree with etcd again. The caller has locked the rows; p_ids are the changes that are about to
-- be settled. Triggers and constraints of the application run in this function and must not keep dispatch from its work. A row that they refuse
-- keeps its revisions (etcd_differences shows the row), and their waits end after a moment. Returns the keys that must wait, including all keys that
-- the function did not reach before p_until.
create or replace function etcd_try_write_revisions(p_route text, p_table text, p_keys text[], p_ids bigint[], p_until timestamptz) returns text[]
language plpgsql set search_path from current set lock_timeout = '5ms' as $$
declare
  v_half int := cardinality(p_keys) / 2;
  v_busy text[];
begin
  -- as in the session of the sink, for triggers that do not name schemas
  perform set_config('search_path', current_setting('search_path') || ', public', true);
  perform set_config('etcd_sync.applying', 'on', true);
  begin
    execute format($q$
      update %1$s t set create_revision = x.create_revision, mod_revision = x.revision, version = x.version, lease = x.lease
      from (select m.create_revision, m.revision, m.version, m.lease, r.place
        from unnest($2::text[], $3::bigint[]) k(key, id)
        cross join lateral (select y.* from etcd_mirror y where y.route = $1 and y.key = k.key limit 1) m
        cross join lateral (select y.ctid as place, y.create_revision, y.mod_revision, y.version, y.lease from %1$s y
          where y.key = k.key limit 1) r
        where (r.create_revision, r.mod_revision, r.version, r.lease)
            is distinct from (m.create_revision, m.revision, m.version, m.lease)
          and not exists (select from etcd_wal w where w.route = $1 and w.key = m.key and w.id > k.id offset 0)) x
      where t.ctid = x.place $q$, p_table)
      using p_route, p_keys, p_ids;
    set constraints all immediate;
  -- "others" includes neither a failed ASSERT of the application nor a cancellation, which the statement_timeout of the role causes
  exception when others or assert_failure or query_canceled then
    perform set_config('etcd_sync.applying', 'off', true);
    if v_half > 0 then
      if clock_timestamp() > p_until then
        return p_keys;
      end if;
      v_busy := etcd_try_write_revisions(p_route, p_table, p_keys[:v_half], p_ids[:v_half], p_until);
      if clock_timestamp() > p_until then
        return v_busy || p_keys[v_half + 1:];
      end if;
      return v_busy || etcd_try_write_revisions(p_route, p_table, p_keys[v_half + 1:], p_ids[v_half + 1:], p_until);
    elsif sqlstate in ('55006', '55P03') or left(sqlstate, 2) in ('40', '53', '57', '58') and sqlstate <> '40002' then
      -- locks, serialization failures, lack of resources and system errors pass, and say nothing about the row; 40002 is a constraint
      return p_keys;
    end if;
    raise warning 'the revisions of key "%" are not written: a trigger or constraint of the application refuses the row (SQLSTATE %)',
      left(p_keys[1], 200), sqlstate using hint = 'etcd_differences shows such rows.';
  end;
  perform set_config('etcd_sync.applying', 'off', true);
  return '{}';
end $$;

-- Does the same as etcd_try_write_revisions in batches of 1, 2, 4, 8 ... rows: however slow the triggers are, some rows are done, and no batch takes
-- much longer than all batches before it.
create or replace function etcd_write_revisions(p_route text, p_table text, p_keys text[], p_ids bigint[], p_until timestamptz)
returns text[]
language plpgsql set search_path from current as $$
declare
  v_busy text[] := '{}';
  v_next int := 1;
  v_size int := 1;
begin
  while v_next <= cardinality(p_keys) loop
    if v_next > 1 and clock_timestamp() > p_until then
      return v_busy || p_keys[v_next:];
    end if;
    v_busy := v_busy || etcd_try_write_revisions(
      p_route, p_table, p_keys[v_next:v_next + v_size - 1], p_ids[v_next:v_next + v_size - 1], p_until);
    v_next := v_next + v_size;
    v_size := v_size * 2;
  end loop;
  return v_busy;
end $$;

-- Settles changes whose values etcd already has. Locks the rows of the keys that have one (p_row_keys), and writes the revisions of etcd into them.
-- If an application has locked a row, its change waits and its key is queued. For wait_until see etcd_dispatch_route. Returns the settled keys, or
-- null if there are none.
create or replace function etcd_confirm_changes(p_route text, p_table text, p_keys text[], p_ids bigint[], p_row_keys text[],
  inout wait_until timestamptz, out settled_keys text[], out requeued bigint)
language plpgsql set search_path from current as $$
declare
  v_free text[];
  v_busy text[];
  v_now timestamptz := clock_timestamp();
begin
  if p_row_keys is not null then
    if wait_until is null or v_now < wait_until then
      execute format($q$
        select array_agg(l.key)
        from unnest($1::text[]) k(key),
          lateral (select t.key from %s t where t.key = k.key offset 0 for no key update skip locked) l $q$, p_table)
        into v_free using p_row_keys;
    end if;
    select array_agg(k) into v_busy from (select unnest(p_row_keys) except select unnest(v_free)) u(k);
    if v_free is not null then
      wait_until := coalesce(wait_until, v_now + current_setting('deadlock_timeout')::interval / 4);
      v_busy := v_busy || (
        select etcd_write_revisions(p_route, p_table, array_agg(u.key), array_agg(u.id), wait_until)
        from unnest(p_keys, p_ids) u(key, id) where (u.key in (select unnest(v_free))) is true);
    end if;
    insert into etcd_dispatch_queue (route, key) select p_route, k from unnest(v_busy) k;
  end if;
  requeued := coalesce(cardinality(v_busy), 0);
  with confirmed as materialized (
    select u.key, u.id from unnest(p_keys, p_ids) u(key, id) where u.key not in (select unnest(v_busy))
  ),
  settled as (
    update etcd_mirror m set settled_id = x.id
    from (select c.id, f.place from confirmed c,
        lateral (select y.ctid as place from etcd_mirror y where y.route = p_route and y.key = c.key limit 1) f) x
    where m.ctid = x.place
    returning m.key
  ),
  removed as (
    delete from etcd_wal w where w.ctid = any (array(
      select f.place from confirmed c,
        lateral (select y.ctid as place from etcd_wal y where y.route = p_route and y.key = c.key and y.id <= c.id offset 0) f))
  )
  select array_agg(key) into settled_keys from settled;
end $$;

-- ---------------------------------------------------------------- dispatch

-- Dispatches keys of one route and assigns numbers from p_base + 1 on. Queues the keys that it could not look at, and returns their number.
-- wait_until limits waits for other transactions. It is null until this transaction locks the first row: from then on an application may wait for
-- that row, and looks for a deadlock after deadlock_timeout. Dispatch must not be waiting by then, or the application could become the victim.
create or replace function etcd_dispatch_route(p_route text, p_keys text[], p_base bigint, p_conflate_after int,
  inout wait_until timestamptz, out numbered bigint, out requeued bigint)
language plpgsql set search_path from current as $$
declare
  v_table text;
  v_keys text[];
  v_epochs bigint[];
  v_locked text[];
  n record;
  c record;
begin
  numbered := 0;
  requeued := 0;
  select format('%I.%I', r.table_schema, r.table_name) into v_table from etcd_route r where r.route = p_route;
  if not found then
    return;
  end if;

  -- only keys of ranges with a complete snapshot: the state of other keys in etcd is not known; the hash of a key is computed once, because the
  -- subquery is materialized
  with hashed as materialized (
    select k collate "C" as key, etcd_partition_hash(k) as hash from unnest(p_keys) k
  )
  select array_agg(e.key), array_agg(e.epoch) into v_keys, v_epochs
  from (select k.key, max(s.epoch) as epoch
        from hashed k
        join etcd_snapshot s on s.route = p_route and s.partition = k.hash % s.partitions
          and k.key > s.after_key and (s.through_key = '' or k.key <= s.through_key)
        group by k.key) e;
  if v_keys is null then
    return;
  end if;

  -- an operator may have locked the whole table
  begin
    execute format('lock table %s in row exclusive mode nowait', v_table);
  exception when lock_not_available then
    insert into etcd_dispatch_queue (route, key) select p_route, k from unnest(v_keys) k;
    requeued := cardinality(v_keys);
    return;
  end;

  v_locked := etcd_lock_keys(p_route, v_keys);
  requeued := cardinality(v_keys) - coalesce(cardinality(v_locked), 0);

  -- a key whose change is confirmed at once may have a next one
  while v_locked is not null loop
    if cardinality(v_locked) < cardinality(v_keys) then
      select array_agg(u.key), array_agg(u.epoch) into v_keys, v_epochs
        from unnest(v_keys, v_epochs) u(key, epoch) where (u.key in (select unnest(v_locked))) is true;
    end if;
    n := etcd_number_changes(p_route, v_table, v_keys, v_epochs, p_conflate_after, p_base + numbered);
    numbered := numbered + n.numbered;
    exit when n.confirmed_keys is null;
    c := etcd_confirm_changes(p_route, v_table, n.confirmed_keys, n.confirmed_ids, n.row_keys, wait_until);
    wait_until := c.wait_until;
    requeued := requeued + c.requeued;
    v_locked := c.settled_keys;
  end loop;
end $$;

-- Looks at up to max_keys new changes and up to max_keys queued keys. If more than conflate_after changes of a key wait, the last one is sent for
-- all. Returns how many numbers were assigned, whether another call would find more now, and how many keys other transactions had locked (a later
-- call looks at these keys). While another session dispatches, the call waits for 10 s and then fails (55P03).
create or replace function etcd_dispatch(max_keys int default 1000, conflate_after int default 10,
  out numbered bigint, out more boolean, out locked bigint)
language plpgsql set search_path from current set lock_timeout = '10s' as $$
declare
  v_state etcd_dispatch_state;
  v_base bigint;
  v_count bigint;
  v_queued_routes text[];
  v_queued_keys text[];
  v_wait_until timestamptz;
  s record;
  r record;
  d record;
begin
  numbered := 0;
  more := false;
  locked := 0;
  if max_keys < 1 or conflate_after < 0 then
    raise exception 'max_keys must be at least 1 and conflate_after at least 0' using errcode = 'invalid_parameter_value';
  end if;
  if not etcd_has_work() then
    return;
  end if;
  select * into v_state from etcd_dispatch_state for update;
  -- numbers follow the time of day, so that a restored database does not assign a number again
  v_base := greatest(v_state.last_number, (extract(epoch from clock_timestamp()) * 1000000)::bigint - 1);

  update etcd_conflict x set publish_number = v_base + n.place
    from (select id, row_number() over (order by id) as place from etcd_conflict where publish_number is null order by id limit max_keys) n
    where x.id = n.id;
  get diagnostics v_count = row_count;
  more := more or v_count = max_keys;
  numbered := numbered + v_count;
  update etcd_request x set send_number = v_base + numbered + n.place
    from (select id, row_number() over (order by id) as place from etcd_request where send_number is null order by id limit max_keys) n
    where x.id = n.id;
  get diagnostics v_count = row_count;
  more := more or v_count = max_keys;
  numbered := numbered + v_count;

  s := etcd_scan(v_state, max_keys);
  v_state := s.state;
  more := more or v_state.target_snapshot is not null;
  with taken as (
    delete from etcd_dispatch_queue w using (select id from etcd_dispatch_queue order by id limit max_keys) t where w.id = t.id
    returning w.route, w.key
  )
  select array_agg(t.route), array_agg(t.key), count(*) into v_queued_routes, v_queued_keys, v_count from taken t;
  more := more or v_count = max_keys;

  for r in
    select u.route, array_agg(distinct u.key) as keys
    from unnest(s.routes || v_queued_routes, s.keys || v_queued_keys) u(route, key)
    group by u.route order by u.route
  loop
    d := etcd_dispatch_route(r.route, r.keys, v_base + numbered, conflate_after, v_wait_until);
    v_wait_until := d.wait_until;
    numbered := numbered + d.numbered;
    locked := locked + d.requeued;
  end loop;

  update etcd_dispatch_state set last_number = case when numbered > 0 then v_base + numbered else last_number end,
    scanned_snapshot = v_state.scanned_snapshot, target_snapshot = v_state.target_snapshot,
    scan_txid = v_state.scan_txid, scan_id = v_state.scan_id;
end $$;

-- Raises the last number. The notify source calls it at its start with its offset, so that a restored database does not assign a number again.
create or replace function etcd_raise_last_number("to" bigint) returns void
language sql set search_path from current as $$
  update etcd_dispatch_state set last_number = $1 where last_number < $1
$$;

-- ---------------------------------------------------------------- the identity of the database

-- Returns the origin of this database, and the place that it has now: '<system identifier>/<oid of the database>/<timeline>'. A copy of a database
-- has the same origin and another place: another oid if it is in the same cluster, another system identifier if it was loaded into another cluster,
-- and another timeline if it was promoted. The timeline comes from the name of the WAL file, because pg_control_checkpoint shows the old one until
-- the first checkpoint after a promotion. A standby has no place.
create or replace function etcd_identity(out origin text, out database text)
language plpgsql stable security definer set search_path from current as $$
declare
  v_system text;
begin
  select d.origin::text into origin from etcd_database d;
  if pg_is_in_recovery() then
    return;
  end if;
  begin
    select c.system_identifier::text into v_system from pg_control_system() c;
  exception when insufficient_privilege then
    v_system := '-'; -- some managed servers hide it
  end;
  database := format('%s/%s/%s', v_system, (select b.oid from pg_database b where b.datname = current_database()),
    ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::bigint);
end $$;

-- Raises the sequences that are behind the ids in the tables. Logical replication, for example, copies rows without the positions of sequences. A
-- change with an id that is too small would never be sent, and etcd would overwrite it without a conflict: such changes get new ids, in their order.
-- The connectors call the function at their start, before they judge anything. Returns how many sequences it raised, and the number of keys whose
-- changes have new ids. The function writes nothing if all sequences are right.
create or replace function etcd_repair_sequences(out raised bigint, out renumbered bigint)
language plpgsql security definer set search_path from current as $$
declare
  s record;
  v_last bigint;
begin
  raised := 0;
  -- one at a time: setval must not take back what another caller's setval and later inserts have reached
  perform pg_advisory_xact_lock(hashtextextended('etcd_repair_sequences', 0));
  for s in
    select pg_get_serial_sequence(t.name, 'id') as name, t.highest from (values
      ('etcd_wal', greatest((select max(w.id) from etcd_wal w), (select max(greatest(m.settled_id, m.change_id)) from etcd_mirror m),
        (select max(c.change_id) from etcd_conflict c))),
      ('etcd_conflict', (select max(c.id) from etcd_conflict c)),
      ('etcd_dispatch_queue', (select max(q.id) from etcd_dispatch_queue q))
    ) t(name, highest)
  loop
    execute format('select case when is_called then last_value else last_value - 1 end from %s', s.name) into v_last;
    if s.highest > v_last then
      perform setval(s.name, s.highest);
      raised := raised + 1;
    end if;
  end loop;
  with misplaced as (
    delete from etcd_wal w using etcd_mirror m
    where m.route = w.route and m.key = w.key
      and (w.id <= m.settled_id
        -- earlier changes than the one in flight were skipped, later ones wait
        or w.id < m.change_id and w.changed_at > (
          select c.changed_at from etcd_wal c where c.route = m.route and c.key = m.key and c.id = m.change_id))
    returning w.*
  ),
  numbered as (
    insert into etcd_wal (route, key, op, value, txid, author, changed_at)
    select x.route, x.key, x.op, x.value, x.txid, x.author, x.changed_at from misplaced x order by x.route, x.key, x.id
    returning route, key
  )
  insert into etcd_dispatch_queue (route, key) select distinct n.route, n.key from numbered n;
  get diagnostics renumbered = row_count;
end $$;

-- Returns the last values of the sequences that etcd_repair_sequences looks at. Costs nothing, whatever the size of the tables. A value that falls while
-- a connector works tells that somebody has set a sequence back.
create or replace function etcd_sequence_positions() returns bigint[]
language plpgsql stable security definer set search_path from current as $$
declare
  v_name text;
  v_last bigint;
  v_all bigint[] := '{}';
begin
  foreach v_name in array array['etcd_wal', 'etcd_conflict', 'etcd_dispatch_queue'] loop
    execute format('select case when is_called then last_value else last_value - 1 end from %s', pg_get_serial_sequence(v_name, 'id')) into v_last;
    v_all := v_all || v_last;
  end loop;
  return v_all;
end $$;

-- ---------------------------------------------------------------- records to produce

-- Returns the rows that the notify source must produce: everything numbered above "after" that is still wanted, in the order of numbers. Returns at
-- most max_rows rows and max_bytes bytes of values, but at least one row. The columns depend on the kind:
--   change:    key, op, value, base, lease, author, change_id, changed_at
--   probe:     key, change_id, and send_number of the change
--   request, new_epoch: request_id, range or wrong epoch (base_epoch), reason, author, changed_at
--   conflict:  as change, with send_number (null if it was never sent), the revision that won, reason, applied_late
-- origin and database are those of etcd_identity.
create or replace function etcd_sends("after" bigint, max_rows int, max_bytes bigint default 33554432)
returns table (number bigint, kind text, route text, key text, op text, value text, base_epoch bigint, base_revision bigint, lease bigint,
  author text, send_number bigint, request_id bigint, after_key text, through_key text, reason text, change_id bigint, changed_at timestamptz,
  won_epoch bigint, won_revision bigint, applied_late boolean, origin text, database text)
language sql stable set search_path from current as $$
  select t.number, t.kind, t.route, t.key, t.op, t.value, t.base_epoch, t.base_revision, t.lease, t.author, t.send_number, t.request_id, t.after_key,
    t.through_key, t.reason, t.change_id, t.changed_at, t.won_epoch, t.won_revision, t.applied_late,
    i.origin, i.database
  from etcd_identity() i, (select s.*,
      sum(octet_length(s.value)) over (order by s.number rows between unbounded preceding and 1 preceding) as bytes from (
    (select m.send_number as number, 'change' as kind, m.route, m.key, m.sent_op as op, m.sent_value as value, m.base_epoch, m.base_revision,
        m.lease, w.author, null::bigint as send_number, null::bigint as request_id, null as after_key, null as through_key, null as reason,
        m.change_id, w.changed_at, null::bigint as won_epoch, null::bigint as won_revision, null::boolean as applied_late
      from etcd_mirror m
      left join lateral (
        select y.author, y.changed_at from etcd_wal y where y.route = m.route and y.key = m.key and y.id = m.change_id limit 1) w on true
      where m.send_number > $1 and m.status = 'inflight' and m.next_action is distinct from 'send' order by m.send_number limit $2)
    union all
    (select m.probe_number, 'probe', m.route, m.key, null, null, null, null, null, null, m.send_number, null, null, null, null, m.change_id,
        null, null, null, null
      from etcd_mirror m where m.probe_number > $1 and m.status = 'inflight' and m.next_action is distinct from 'send'
      order by m.probe_number limit $2)
    union all
    (select r.send_number, case r.kind when 'snapshot' then 'request' else r.kind end, r.route, null, null, null, r.epoch, null, null,
        r.requested_by, null, r.id, r.after_key, r.through_key, r.reason, null, r.requested_at, null, null, null
      from etcd_request r where r.send_number > $1 order by r.send_number limit $2)
    union all
    (select c.publish_number, 'conflict', c.route, c.key, c.op, c.value, c.base_epoch, c.base_revision, null, c.author, c.send_number, null, null,
        null, c.reason, c.change_id, c.changed_at, c.won_epoch, c.won_revision, c.applied_late
      from etcd_conflict c where c.publish_number > $1 order by c.publish_number limit $2)
  ) s order by s.number limit $2) t
  where coalesce(t.bytes, 0) < $3 order by t.number
$$;

-- ---------------------------------------------------------------- queueing keys

-- Queues the keys of a range that have pending changes on which dispatch can act. If etcd_snapshot has the range, queues only keys of the partition.
-- The function goes from key to key through the index. The sink calls it when a snapshot has ended. Returns the number of keys.
create or replace function etcd_enqueue_pending(p_route text, p_partition int, p_after text, p_through text) returns bigint
language sql set search_path from current as $$
  with recursive keys as (
    (select w.key from etcd_wal w where w.route = $1 and w.key > $3 and ($4 = '' or w.key <= $4) order by w.key limit 1)
    union all
    select (select w.key from etcd_wal w where w.route = $1 and w.key > k.key and ($4 = '' or w.key <= $4) order by w.key limit 1)
    from keys k where k.key is not null
  ),
  queued as (
    insert into etcd_dispatch_queue (route, key)
    select $1, k.key from keys k
    left join lateral (select y.status, y.next_action from etcd_mirror y where y.route = $1 and y.key = k.key limit 1) m on true
    where k.key is not null and (m.status is null or m.next_action is not null)
      and not exists (select from etcd_snapshot s where s.route = $1 and s.partition = $2 and s.after_key = $3 and s.through_key = $4
        and etcd_partition(k.key, s.partitions) <> $2)
    returning 1
  )
  select count(*) from queued
$$;

-- This function is a safety net. It looks at the next keys with pending changes, at most max_keys, from where the last call stopped, and queues the
-- keys on which dispatch can act. Returns the number of queued keys.
create or replace function etcd_sweep(max_keys int default 2000) returns bigint
language plpgsql set search_path from current as $$
declare
  v_route text;
  v_key text;
  v_last record;
begin
  if (select count(*) from (select from etcd_dispatch_queue limit max_keys) w) = max_keys then
    return 0; -- dispatch has enough to do
  end if;
  select c.sweep_route, c.sweep_key into v_route, v_key from etcd_dispatch_state c;
  with recursive keys as (
    (select w.route, w.key, 1 as place from etcd_wal w where (w.route, w.key) > (v_route, v_key) order by w.route, w.key limit 1)
    union all
    (select n.route, n.key, k.place + 1
     from keys k,
       lateral (select w.route, w.key from etcd_wal w where (w.route, w.key) > (k.route, k.key) order by w.route, w.key limit 1) n
     where k.place < max_keys)
  ),
  queued as (
    insert into etcd_dispatch_queue (route, key)
    select k.route, k.key from keys k
    left join lateral (select y.status, y.next_action from etcd_mirror y where y.route = k.route and y.key = k.key limit 1) m on true
    where (m.status is null or m.next_action is not null)
      and exists (select from etcd_snapshot s where s.route = k.route and s.partition = etcd_partition(k.key, s.partitions)
        and k.key > s.after_key and (s.through_key = '' or k.key <= s.through_key))
    returning 1
  )
  select (select count(*) from queued) as queued, (select k.route from keys k where k.place = max_keys) as route,
      (select k.key from keys k where k.place = max_keys) as key
    into v_last;
  -- null: the end was reached, and the next call begins again
  update etcd_dispatch_state set sweep_route = coalesce(v_last.route, ''), sweep_key = coalesce(v_last.key, '')
    where (sweep_route, sweep_key) <> (coalesce(v_last.route, ''), coalesce(v_last.key, ''));
  return v_last.queued;
end $$;

-- ---------------------------------------------------------------- settings of functions

-- CREATE OR REPLACE resets the settings of a function, so this block is in the file of the functions.
do $$
declare
  v_name text;
  v_setting text;
begin
  foreach v_name in array array['etcd_new_changes', 'etcd_lock_keys', 'etcd_choose_changes', 'etcd_number_changes', 'etcd_try_write_revisions',
      'etcd_confirm_changes', 'etcd_dispatch_route', 'etcd_sends', 'etcd_enqueue_pending', 'etcd_sweep'] loop
    foreach v_setting in array array['enable_seqscan', 'enable_bitmapscan', 'enable_hashjoin', 'enable_mergejoin', 'enable_material', 'jit'] loop
      execute format('alter function %s set %I = off', v_name::regproc, v_setting);
    end loop;
  end loop;
  -- A policy that hides a row from the role of the notify source would make the row look deleted, and the key would be deleted in etcd. With
  -- row_security off, the statement fails instead.
  foreach v_name in array array['etcd_choose_changes', 'etcd_confirm_changes', 'etcd_try_write_revisions'] loop
    execute format('alter function %s set row_security = off', v_name::regproc);
  end loop;
end $$;
