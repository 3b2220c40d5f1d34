-- Dispatch: decides which local changes go out, and numbers them. Run etcd_dispatch in a READ COMMITTED transaction of its own.
-- It never waits for a transaction of an application or of the sink: a key that is locked is looked at again later.
do $$ begin perform set_config('search_path', quote_ident(current_schema()) || ', pg_temp', false); end $$;

-- The first four bytes of the key's SHA-256, unsigned: modulo the number of partitions they are the key's partition.
create or replace function etcd_partition_hash(key text) returns bigint
language sql immutable parallel safe as $$
  select ('x' || substr(encode(sha256(convert_to($1, 'UTF8')), 'hex'), 1, 8))::bit(32)::bigint
$$;

create or replace function etcd_partition(key text, partitions int) returns int
language sql immutable parallel safe as $$
  select (etcd_partition_hash($1) % $2)::int
$$;

-- Raises the last number given: the source calls it at its start with its offset, so that a restored database gives no number twice.
create or replace function etcd_raise_last_number("to" bigint) returns void
language sql set search_path from current as $$
  update etcd_dispatch_state set last_number = $1 where last_number < $1
$$;

-- The ranges [low, high) of transaction ids that are finished in target and were not in seen, in order. What still runs is in none of them:
-- the rows of a large load that has not been committed are not even visited.
create or replace function etcd_finished_transactions(seen pg_snapshot, target pg_snapshot)
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

-- Wal entries that have become visible between seen and target, behind the cursor, in order of (txid, id).
create or replace function etcd_new_changes(seen pg_snapshot, target pg_snapshot, from_txid xid8, from_id bigint, max_rows int)
returns table (route text, key text, txid xid8, id bigint)
language sql stable set search_path from current set enable_seqscan = off set enable_bitmapscan = off set enable_material = off set jit = off as $$
  select w.route, w.key, w.txid, w.id
  from (select greatest(f.low, coalesce($3, f.low)) as low, case when $3 >= f.low then $4 else 0 end as low_id, f.high
        from etcd_finished_transactions($1, $2) f where $3 is null or f.high > $3 order by f.low) f,
    lateral (select w.route, w.key, w.txid, w.id from etcd_wal w
             where (w.txid, w.id) > (f.low, f.low_id) and w.txid < f.high order by w.txid, w.id limit $5) w
  order by w.txid, w.id
  limit $5
$$;

-- Whether dispatch has anything to do. Writes nothing and takes no lock, so that an idle poll costs no commit.
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

-- Makes the mirror's rows of keys that were never seen. The sink may be about to make the same row: that is waited for only very shortly.
create or replace function etcd_create_mirror_rows(p_route text, p_keys text[]) returns void
language plpgsql set search_path from current set lock_timeout = '5ms' as $$
declare
  one text;
begin
  begin
    insert into etcd_mirror (route, key) select p_route, k from unnest(p_keys) k order by k collate "C" on conflict do nothing;
  exception when lock_not_available then
    -- a few now, of those that nobody else is making; the caller wakes the others
    for one in select k from unnest(p_keys) k order by random() limit 20 loop
      begin
        insert into etcd_mirror (route, key) values (p_route, one) on conflict do nothing;
      exception when lock_not_available then
        null; -- the caller finds no row, and wakes the key
      end;
    end loop;
  end;
end $$;

-- As they were called before.
drop function if exists etcd_write_revisions(text, text, text[], bigint[]);
drop function if exists etcd_dispatch_route(text, text[], bigint, int);

-- Rows that are about to agree with etcd again get etcd's revisions. The caller has locked them; ids are those of the changes that are about
-- to be settled. Triggers and constraints of the application run in this, and must not keep dispatch from its work: what they refuse keeps the
-- revisions that it has (etcd_differences tells), and for whom they wait we wait no longer than a moment. Returns the keys that must wait:
-- among them all that it has not come to by p_until.
create or replace function etcd_try_write_revisions(p_route text, p_table text, p_keys text[], p_ids bigint[], p_until timestamptz) returns text[]
language plpgsql set search_path from current set lock_timeout = '5ms' set enable_seqscan = off set enable_hashjoin = off
  set enable_mergejoin = off set enable_bitmapscan = off set enable_material = off set jit = off as $$
declare
  v_half int := cardinality(p_keys) / 2;
  v_busy text[];
begin
  -- as in the sink's session, for triggers that do not name schemas
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
  -- "others" is neither an assertion of the application's nor a cancellation, which the role's statement_timeout asks for
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
      -- a lock, a serialization, no space, the system: that goes away, and is no verdict on the row (40002 is: a constraint)
      return p_keys;
    end if;
    raise warning 'the revisions of key "%" are not written: a trigger or constraint of the application refuses it (SQLSTATE %)',
      left(p_keys[1], 200), sqlstate;
  end;
  perform set_config('etcd_sync.applying', 'off', true);
  return '{}';
end $$;

-- The same of many: one at first, then ever more at a time, so that something is done however slow the triggers are, and no piece takes much
-- longer than all before it.
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

-- Decides for keys of one route. Their changes are numbered from p_base + 1 on. What could not be looked at now is woken again. Until
-- rows_until anybody may be waited for who may be waiting for a row that this transaction has locked; it is null before the first: an
-- application that has waited for deadlock_timeout looks for a deadlock, must not find us waiting for it, and be the victim.
-- Each key is looked up by its index whatever the statistics say: these tables grow and shrink so fast that statistics and cached plans are
-- wrong, and a plan that reads a whole route for a few keys is what must not happen. Hence the settings, the lateral subqueries that
-- "offset 0" or "limit" keeps the planner from turning into joins, and ctid to reach a row that has been found and is locked.
create or replace function etcd_dispatch_route(p_route text, p_keys text[], p_base bigint, p_conflate_after int,
  inout rows_until timestamptz, out numbered bigint, out again bigint)
language plpgsql set search_path from current set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
  set enable_bitmapscan = off set enable_material = off set jit = off as $$
declare
  v_table text;
  v_keys text[];
  v_floors bigint[];
  v_locked text[];
  v_missing text[];
  v_confirmed text[];
  v_ids bigint[];
  v_has_row text[];
  v_free text[];
  v_busy text[];
  v_count bigint;
  v_now timestamptz;
begin
  numbered := 0;
  again := 0;
  select format('%I.%I', r.table_schema, r.table_name) into v_table from etcd_route r where r.route = p_route;
  if not found then
    return;
  end if;

  -- only ranges that have had their first snapshot: before, it is not known what etcd holds
  select array_agg(f.key), array_agg(f.floor) into v_keys, v_floors
  from (select k.key, max(s.epoch) as floor
        from (select k collate "C" as key, etcd_partition_hash(k) as hash from unnest(p_keys) k offset 0) k
        join etcd_snapshot s on s.route = p_route and s.partition = k.hash % s.partitions
          and k.key > s.after_key and (s.through_key = '' or k.key <= s.through_key)
        group by k.key) f;
  if v_keys is null then
    return;
  end if;

  -- somebody may have locked the table as a whole: an operator, who is not waited for either
  begin
    execute format('lock table %s in row exclusive mode nowait', v_table);
  exception when lock_not_available then
    insert into etcd_dispatch_queue (route, key) select p_route, k from unnest(v_keys) k;
    again := cardinality(v_keys);
    return;
  end;

  select array_agg(k.key) into v_missing
  from unnest(v_keys) k(key)
  left join lateral (select true as known from etcd_mirror m where m.route = p_route and m.key = k.key limit 1) m on true
  where m.known is null;
  if v_missing is not null then
    perform etcd_create_mirror_rows(p_route, v_missing);
  end if;

  -- lock first, and only then, in new statements, read: the mirror's row is the key's lock for the sink too
  select array_agg(l.key) into v_locked
  from unnest(v_keys) k(key),
    lateral (select m.key from etcd_mirror m where m.route = p_route and m.key = k.key offset 0 for update skip locked) l;
  insert into etcd_dispatch_queue (route, key)
    select p_route, k from (select unnest(v_keys) except select unnest(v_locked)) u(k);
  get diagnostics again = row_count;

  while v_locked is not null loop
    execute format($q$
      with asked as materialized (
        select u.key, u.floor from unnest($1::text[], $2::bigint[]) u(key, floor) where u.key = any ($3::text[])
      ),
      looked as materialized (
        select m.key, m.place, asked.floor, m.status, m.next_action, m.change_id, m.epoch, m.revision, m.value_hash, m.unrepresentable,
          w.waiting, w.of_first, case when w.waiting > $5 then w.last else w.of_window end as last
        from asked
        cross join lateral (select x.*, x.ctid as place from etcd_mirror x where x.route = $4 and x.key = asked.key limit 1) m
        left join lateral (
          -- changes of one transaction count as one: the last of the first transaction
          select count(*) as waiting, max(g.id) filter (where g.txid = g.first) as of_first, max(g.id) as of_window,
            (select z.id from etcd_wal z where z.route = $4 and z.key = m.key order by z.id desc limit 1) as last
          from (select w.id, w.txid, first_value(w.txid) over (order by w.id) as first
                from (select w.id, w.txid from etcd_wal w where w.route = $4 and w.key = m.key and w.id > m.settled_id
                      order by w.id limit $5 + 1) w) g
        ) w on m.status is null
        where m.next_action is not null or w.waiting > 0
      ),
      chosen as materialized (
        select l.*, case when l.waiting > $5 then l.last else l.of_first end as id from looked l
      ),
      -- the last change of a key carries the row as it is now
      valued as materialized (
        select c.*, c.id = c.last as is_last, t.key is not null as has_row,
          case when c.id < c.last then w.op when t.key is not null then 'put' else 'delete' end as op,
          case when c.id < c.last then w.value else t.value end as value
        from chosen c
        left join lateral (select w.op, w.value from etcd_wal w where w.route = $4 and w.key = c.key and w.id = c.id limit 1) w
          on c.id < c.last
        left join lateral (select t.key, t.value from %1$s t where t.key = c.key limit 1) t on c.id = c.last
      ),
      hashed as materialized (
        select v.*, sha256(convert_to(v.value, 'UTF8')) as hash from valued v
      ),
      decided as materialized (
        select h.*, case
          when h.next_action is not null then h.next_action
          when not h.unrepresentable and case h.op when 'put' then h.revision > 0 and h.hash = h.value_hash else h.revision = 0 end
            then 'confirm'
          else 'first' end as action
        from hashed h
      ),
      numbers as materialized (
        select d.*, $6 + row_number() over (order by coalesce(d.id, d.change_id), d.key) as number from decided d where d.action <> 'confirm'
      ),
      done as (
        update etcd_mirror m set
          status = 'inflight',
          change_id = coalesce(n.id, m.change_id),
          sent_op = case n.action when 'first' then n.op else m.sent_op end,
          sent_value = case n.action when 'first' then n.value else m.sent_value end,
          sent_hash = case n.action when 'first' then n.hash else m.sent_hash end,
          send_number = case n.action when 'probe' then m.send_number else n.number end,
          probe_number = case n.action when 'probe' then n.number end,
          next_action = null,
          -- a revision is of the epoch in which it was mirrored; that a key is absent is known from its range's last snapshot, too
          base_epoch = case when n.action = 'probe' then m.base_epoch when m.revision > 0 then m.epoch else greatest(m.epoch, n.floor) end,
          base_revision = case n.action when 'probe' then m.base_revision else m.revision end,
          reason = null
        from numbers n where m.ctid = n.place
        returning 1
      )
      select (select count(*) from done), array_agg(d.key), array_agg(d.id), array_agg(d.key) filter (where d.is_last and d.has_row)
      from decided d where d.action = 'confirm' $q$, v_table)
    into v_count, v_confirmed, v_ids, v_has_row
    using v_keys, v_floors, v_locked, p_route, p_conflate_after, p_base + numbered;
    numbered := numbered + v_count;
    exit when v_confirmed is null;

    -- The mirror has these values already. A row that now agrees with etcd gets etcd's revisions, so it is locked; if an application has it,
    -- its change waits.
    v_free := null;
    v_busy := null;
    if v_has_row is not null then
      v_now := clock_timestamp();
      if rows_until is null or v_now < rows_until then
        execute format($q$
          select array_agg(l.key)
          from unnest($1::text[]) k(key),
            lateral (select t.key from %s t where t.key = k.key offset 0 for no key update skip locked) l $q$, v_table)
          into v_free using v_has_row;
      end if;
      select array_agg(k) into v_busy from (select unnest(v_has_row) except select unnest(v_free)) u(k);
      if v_free is not null then
        rows_until := coalesce(rows_until, v_now + current_setting('deadlock_timeout')::interval / 4);
        v_busy := v_busy || (
          select etcd_write_revisions(p_route, v_table, array_agg(u.key), array_agg(u.id), rows_until)
          from unnest(v_confirmed, v_ids) u(key, id) where u.key = any (v_free));
      end if;
      insert into etcd_dispatch_queue (route, key) select p_route, k from unnest(v_busy) k;
      again := again + coalesce(cardinality(v_busy), 0);
    end if;
    with confirmed as materialized (
      select u.key, u.id from unnest(v_confirmed, v_ids) u(key, id) where v_busy is null or u.key <> all (v_busy)
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
    select array_agg(key) into v_locked from settled;
  end loop;
end $$;

-- Looks at the keys of up to max_keys new wal entries and up to max_keys woken ones. More than conflate_after entries of one key that wait
-- are taken together. Returns how many numbers were given, whether there is more to look at right now, and how many keys were locked by
-- others and will be looked at by a later call. Who finds another dispatcher at work for 10 s gets an error (55P03), and asks again.
create or replace function etcd_dispatch(max_keys int default 1000, conflate_after int default 10,
  out numbered bigint, out more boolean, out locked bigint)
language plpgsql set search_path from current set lock_timeout = '10s' as $$
declare
  c etcd_dispatch_state;
  v_base bigint;
  v_count bigint;
  v_routes text[];
  v_keys text[];
  v_woken_routes text[];
  v_woken_keys text[];
  v_found bigint;
  v_txid xid8;
  v_id bigint;
  v_rows_until timestamptz;
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
  select * into c from etcd_dispatch_state for update;
  v_base := greatest(c.last_number, (extract(epoch from clock_timestamp()) * 1000000)::bigint - 1);

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

  if c.target_snapshot is null then
    c.target_snapshot := pg_current_snapshot();
    c.scan_txid := null;
    c.scan_id := 0;
    if pg_snapshot_xmax(c.scanned_snapshot) > pg_snapshot_xmax(c.target_snapshot) then
      -- the rows were loaded into another cluster, whose transactions are numbered anew: whatever waits must be looked at
      c.scanned_snapshot := c.target_snapshot;
      insert into etcd_dispatch_queue (route, key) select distinct w.route, w.key from etcd_wal w;
    end if;
  end if;
  select array_agg(u.route), array_agg(u.key), count(*),
      (array_agg(u.txid order by u.txid desc, u.id desc))[1], (array_agg(u.id order by u.txid desc, u.id desc))[1]
    into v_routes, v_keys, v_found, v_txid, v_id
    from etcd_new_changes(c.scanned_snapshot, c.target_snapshot, c.scan_txid, c.scan_id, max_keys) u;
  if v_found = max_keys then
    more := true;
    c.scan_txid := v_txid;
    c.scan_id := v_id;
  else
    c.scanned_snapshot := c.target_snapshot;
    c.target_snapshot := null;
    c.scan_txid := null;
    c.scan_id := null;
  end if;
  with taken as (
    delete from etcd_dispatch_queue w using (select id from etcd_dispatch_queue order by id limit max_keys) t where w.id = t.id
    returning w.route, w.key
  )
  select array_agg(t.route), array_agg(t.key), count(*) into v_woken_routes, v_woken_keys, v_count from taken t;
  more := more or v_count = max_keys;

  for r in
    select u.route, array_agg(distinct u.key) as keys
    from unnest(v_routes || v_woken_routes, v_keys || v_woken_keys) u(route, key)
    group by u.route order by u.route
  loop
    select * into d from etcd_dispatch_route(r.route, r.keys, v_base + numbered, conflate_after, v_rows_until);
    v_rows_until := d.rows_until;
    numbered := numbered + d.numbered;
    locked := locked + d.again;
  end loop;

  update etcd_dispatch_state set last_number = case when numbered > 0 then v_base + numbered else last_number end,
    scanned_snapshot = c.scanned_snapshot, target_snapshot = c.target_snapshot, scan_txid = c.scan_txid, scan_id = c.scan_id;
end $$;

-- What is to be produced: everything numbered above "after" that is still wanted, in order of its number; at most max_rows, and values of
-- at most max_bytes, but always one.
create or replace function etcd_sends("after" bigint, max_rows int, max_bytes bigint default 33554432)
returns table (number bigint, kind text, route text, key text, op text, value text, base_epoch bigint, base_revision bigint, lease bigint,
  author text, send_number bigint, request_id bigint, after_key text, through_key text, reason text, change_id bigint, changed_at timestamptz,
  won_epoch bigint, won_revision bigint, applied_late boolean)
language sql stable set search_path from current set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off
  set enable_mergejoin = off set enable_material = off set jit = off as $$
  select t.number, t.kind, t.route, t.key, t.op, t.value, t.base_epoch, t.base_revision, t.lease, t.author, t.send_number, t.request_id, t.after_key,
    t.through_key, t.reason, t.change_id, t.changed_at, t.won_epoch, t.won_revision, t.applied_late
  from (select s.*, sum(octet_length(s.value)) over (order by s.number rows between unbounded preceding and 1 preceding) as bytes from (
    (select m.send_number as number, 'change' as kind, m.route, m.key, m.sent_op as op, m.sent_value as value, m.base_epoch, m.base_revision,
        m.lease, w.author, null::bigint as send_number, null::bigint as request_id, null as after_key, null as through_key, null as reason, m.change_id,
        w.changed_at as changed_at, null::bigint as won_epoch, null::bigint as won_revision, null::boolean as applied_late
      from etcd_mirror m
      left join lateral (select y.author, y.changed_at from etcd_wal y where y.route = m.route and y.key = m.key and y.id = m.change_id limit 1) w on true
      where m.send_number > $1 and m.status = 'inflight' and m.next_action is distinct from 'send' order by m.send_number limit $2)
    union all
    (select m.probe_number, 'probe', m.route, m.key, null, null, null, null, null, null, m.send_number, null, null, null, null, m.change_id,
        null, null, null, null
      from etcd_mirror m where m.probe_number > $1 and m.status = 'inflight' and m.next_action is distinct from 'send' order by m.probe_number limit $2)
    union all
    (select r.send_number, case r.kind when 'snapshot' then 'request' else r.kind end, r.route, null, null, null, r.epoch, null, null,
        r.requested_by, null, r.id, r.after_key, r.through_key, r.reason, null, r.requested_at, null, null, null
      from etcd_request r where r.send_number > $1 order by r.send_number limit $2)
    union all
    (select c.publish_number, 'conflict', c.route, c.key, c.op, c.value, c.base_epoch, c.base_revision, null, c.author, c.send_number, null, null, null,
        c.reason, c.change_id, c.changed_at, c.won_epoch, c.won_revision, c.applied_late
      from etcd_conflict c where c.publish_number > $1 order by c.publish_number limit $2)
  ) s order by s.number limit $2) t
  where coalesce(t.bytes, 0) < $3 order by t.number
$$;

-- Wakes the keys of a range that have pending changes which dispatch may decide, and are in this partition if etcd_snapshot tells into how
-- many the keys are divided. Goes from key to key through the index. The sink calls it when a snapshot has ended.
create or replace function etcd_enqueue_pending(p_route text, p_partition int, p_after text, p_through text) returns bigint
language sql set search_path from current set enable_seqscan = off set enable_bitmapscan = off set enable_material = off set jit = off as $$
  with recursive keys as (
    (select w.key from etcd_wal w where w.route = $1 and w.key > $3 and ($4 = '' or w.key <= $4) order by w.key limit 1)
    union all
    select (select w.key from etcd_wal w where w.route = $1 and w.key > k.key and ($4 = '' or w.key <= $4) order by w.key limit 1)
    from keys k where k.key is not null
  ),
  woken as (
    insert into etcd_dispatch_queue (route, key)
    select $1, k.key from keys k
    left join lateral (select y.status, y.next_action from etcd_mirror y where y.route = $1 and y.key = k.key limit 1) m on true
    where k.key is not null and (m.status is null or m.next_action is not null)
      and not exists (select from etcd_snapshot s where s.route = $1 and s.partition = $2 and s.after_key = $3 and s.through_key = $4
        and etcd_partition(k.key, s.partitions) <> $2)
    returning 1
  )
  select count(*) from woken
$$;

-- The safety net: looks at up to max_keys keys with pending changes, goes on where it stopped the last time, and wakes those that dispatch
-- may decide. Returns how many it woke.
create or replace function etcd_sweep(max_keys int default 2000) returns bigint
language plpgsql set search_path from current set enable_seqscan = off set enable_bitmapscan = off set enable_material = off set jit = off as $$
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
  woken as (
    insert into etcd_dispatch_queue (route, key)
    select k.route, k.key from keys k
    left join lateral (select y.status, y.next_action from etcd_mirror y where y.route = k.route and y.key = k.key limit 1) m on true
    where (m.status is null or m.next_action is not null)
      and exists (select from etcd_snapshot s where s.route = k.route and s.partition = etcd_partition(k.key, s.partitions)
        and k.key > s.after_key and (s.through_key = '' or k.key <= s.through_key))
    returning 1
  )
  select (select count(*) from woken) as woken, (select count(*) from keys) as looked,
      (select k.route from keys k where k.place = max_keys) as route, (select k.key from keys k where k.place = max_keys) as key
    into v_last;
  -- the end was reached: from the beginning the next time
  update etcd_dispatch_state set sweep_route = coalesce(v_last.route, ''), sweep_key = coalesce(v_last.key, '')
    where (sweep_route, sweep_key) <> (coalesce(v_last.route, ''), coalesce(v_last.key, ''));
  return v_last.woken;
end $$;
