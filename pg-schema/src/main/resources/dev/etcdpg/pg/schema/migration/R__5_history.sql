-- The history as functions: the state of a key or a prefix at a revision, the log of a key, and the removal of old revisions and conflicts.
--
-- A revision means nothing without its epoch: a restored or replaced etcd counts the same revisions again. The functions that read the state at a
-- revision therefore look at the entries of one epoch only.
do $$ begin perform set_config('search_path', quote_ident(current_schema()) || ', pg_temp', false); end $$;

-- ---------------------------------------------------------------- reading

-- Returns the route of a key. Fails if the key is in no route, or if the session's role may not read the mirrored table of the route.
create or replace function etcd_history_route(p_key text) returns text
language plpgsql stable set search_path from current as $$
declare
  r etcd_route;
begin
  select * into r from etcd_route x where starts_with(p_key, x.prefix);
  if not found then
    raise exception 'key "%" is in no route', left(p_key, 200) using errcode = 'no_data_found', hint = 'select * from etcd_route';
  end if;
  perform etcd_check_reader(r);
  return r.route;
end $$;

-- Fails if the session's role may not read the mirrored table of the route: who may not read a table may not read its history either.
create or replace function etcd_check_reader(p_route etcd_route) returns void
language plpgsql stable set search_path from current as $$
begin
  if has_table_privilege(session_user, to_regclass(format('%I.%I', p_route.table_schema, p_route.table_name)), 'SELECT') is not true then
    raise exception 'role % may not read the history of route %', session_user, p_route.route using errcode = 'insufficient_privilege',
      hint = format('The role needs SELECT on table %I.%I.', p_route.table_schema, p_route.table_name);
  end if;
end $$;

-- Returns the current epoch of a route: the last one in which every key range has a complete snapshot.
create or replace function etcd_current_epoch(p_route text) returns bigint
language sql stable set search_path from current as $$
  select coalesce((select min(s.epoch) from etcd_snapshot s where s.route = $1),
    (select max(m.applied_epoch) from etcd_mirror m where m.route = $1))
$$;

-- Returns the revision from which on the history of an epoch is complete: the first snapshots of all key ranges have ended. Null if none has.
create or replace function etcd_first_revision(p_route text, p_epoch bigint) returns bigint
language sql stable set search_path from current as $$
  select max(f.revision) from etcd_first_snapshot f where f.route = $1 and f.epoch = $2
$$;

-- Returns whether an entry of the history directly follows the earlier entry of its key (null if there is none) in etcd: no revision of the key can be
-- missing between them. etcd counts the puts of a key since its creation in version, which proves it. The watch delivers each revision; before an
-- entry from a snapshot anything can be missing. Version 0 means that the version is not known.
create or replace function etcd_directly_follows(earlier_op text, earlier_create bigint, earlier_version bigint,
  later_op text, later_create bigint, later_version bigint, later_from_snapshot boolean) returns boolean
language sql immutable parallel safe as $$
  select case
    when $4 = 'put' and $6 > 1 or $7 and $4 = 'put'
      then coalesce($1 = 'put' and $2 = $5 and $6 = $3 + 1 or $1 = 'unrepresentable' and not $7, false)
    when $7 then false
    when $4 = 'put' then $6 = 0 or $1 is distinct from 'put'
    when $4 = 'delete' then coalesce($1 <> 'delete', false)
    else true end
$$;

-- Says which revisions of a key may be missing between an entry of the history and the next one; null if none can be missing. The entries are of one
-- epoch. The earlier one is null if the history begins with the later one; the later one is null if the history ends with the earlier one.
--   revision        the revision that is asked about: not before the earlier entry, which answers for its own revision in any case
--   first_revision  the history of the epoch is complete from here on; null if it is not complete anywhere
--   follows         whether the later entry directly follows the earlier one
create or replace function etcd_history_gap(revision bigint, first_revision bigint, earlier_revision bigint, later_revision bigint, follows boolean,
  pruned_before boolean) returns text
language sql immutable parallel safe as $$
  select case
    when $1 > $3 and not $5
      then 'revisions between ' || $3::text || ' and ' || $4::text || ' may be missing: etcd had compacted them, or their records were lost'
    when $3 is not null then null
    when $6 then 'revisions before ' || $4::text || ' were pruned'
    when $4 is not null and not $5 then 'revisions before ' || $4::text || ' may be missing: etcd had compacted them, or their records were lost'
    when $2 is null then 'the first snapshot of the epoch has not ended'
    when $1 < $2 then 'revisions before ' || $2::text || ' may be missing: the first snapshot of the epoch has this revision'
  end
$$;

-- Returns the state of a key at a revision, always as one row. The revision may be any revision of etcd, not only one at which the key changed. Null
-- asks for the latest revision that was applied. If the sink has not applied the revision yet, the row is the latest known state. Without an epoch
-- the function looks at the current one; etcd_log shows the epochs of a key.
create or replace function etcd_get(key text, revision bigint default null, epoch bigint default null)
returns table (value text, op text, mod_revision bigint, create_revision bigint, version bigint, lease bigint, in_epoch bigint,
  complete boolean, gap text)
language plpgsql stable security definer set search_path from current as $$
#variable_conflict use_column
declare
  p_key constant text := $1;
  p_revision constant bigint := coalesce($2, 9223372036854775807);
  p_route constant text := etcd_history_route($1);
  p_epoch constant bigint := coalesce($3, etcd_current_epoch(p_route));
begin
  return query
    select p.value, p.op, p.revision, p.create_revision, p.version, p.lease, p_epoch, g.gap is null, g.gap
    from (select etcd_first_revision(p_route, p_epoch) as revision) f
    left join lateral (
      select h.* from etcd_history h where h.route = p_route and h.key = p_key and h.epoch = p_epoch and h.revision <= p_revision
      order by h.revision desc limit 1) p on true
    left join lateral (
      select h.* from etcd_history h where h.route = p_route and h.key = p_key and h.epoch = p_epoch and h.revision > p_revision
      order by h.revision limit 1) n on true
    cross join lateral (
      select etcd_history_gap(p_revision, f.revision, p.revision, n.revision,
        etcd_directly_follows(p.op, p.create_revision, p.version, n.op, n.create_revision, n.version, n.from_snapshot), n.pruned_before) as gap) g;
end $$;

-- Returns the keys that begin with the prefix and existed at a revision, in all routes that have such keys, with revision and epoch as in etcd_get.
-- A key of which it is not known whether it existed is among the rows, with a null op and complete = false. The function goes from key to key
-- through the index, so that the revisions of a key that are not wanted cost nothing.
create or replace function etcd_at(prefix text, revision bigint default null, epoch bigint default null)
returns table (route text, key text, value text, op text, mod_revision bigint, create_revision bigint, version bigint, lease bigint,
  in_epoch bigint, complete boolean, gap text)
language plpgsql stable security definer set search_path from current as $$
#variable_conflict use_column
declare
  p_prefix constant text := coalesce($1, '');
  p_revision constant bigint := coalesce($2, 9223372036854775807);
  p_epoch constant bigint := $3;
  r etcd_route;
  v_epoch bigint;
  v_first bigint;
begin
  for r in select * from etcd_route x where starts_with(x.prefix, p_prefix) or starts_with(p_prefix, x.prefix) order by x.prefix loop
    perform etcd_check_reader(r);
    v_epoch := coalesce(p_epoch, etcd_current_epoch(r.route));
    v_first := etcd_first_revision(r.route, v_epoch);
    return query
      with recursive keys as (
        select n.key from (
          select h.key from etcd_history h where h.route = r.route and h.key >= p_prefix collate "C" order by h.key limit 1) n
        where starts_with(n.key, p_prefix)
        union all
        select n.key
        from keys k
        cross join lateral (select h.key from etcd_history h where h.route = r.route and h.key > k.key order by h.key limit 1) n
        where starts_with(n.key, p_prefix)
      )
      select r.route, k.key, case when p.op <> 'delete' then p.value end, case when p.op <> 'delete' then p.op end,
        p.revision, p.create_revision, p.version, p.lease, v_epoch, g.gap is null, g.gap
      from keys k
      left join lateral (
        select h.* from etcd_history h where h.route = r.route and h.key = k.key and h.epoch = v_epoch and h.revision <= p_revision
        order by h.revision desc limit 1) p on true
      left join lateral (
        select h.revision, h.op, h.create_revision, h.version, h.from_snapshot, h.pruned_before
        from etcd_history h where h.route = r.route and h.key = k.key and h.epoch = v_epoch and h.revision > p_revision
        order by h.revision limit 1) n on true
      cross join lateral (
        select etcd_history_gap(p_revision, v_first, p.revision, n.revision,
          etcd_directly_follows(p.op, p.create_revision, p.version, n.op, n.create_revision, n.version, n.from_snapshot), n.pruned_before) as gap) g
      where p.op <> 'delete' or g.gap is not null;
  end loop;
end $$;

-- Returns the history of a key in all epochs, or in one, the oldest entry first. A row with op = 'gap' says which revisions may be missing before the
-- next row.
create or replace function etcd_log(key text, epoch bigint default null)
returns table (in_epoch bigint, revision bigint, op text, value text, create_revision bigint, version bigint, lease bigint, origin text, author text,
  applied_at timestamptz, note text)
language plpgsql stable security definer set search_path from current as $$
#variable_conflict use_column
declare
  p_key constant text := $1;
  p_epoch constant bigint := $2;
  p_route constant text := etcd_history_route($1);
begin
  return query
    with entries as (
      select h.*, etcd_history_gap(case when lag(h.revision) over w is null then h.revision - 1 else h.revision end,
          case when lag(h.revision) over w is null then etcd_first_revision(p_route, h.epoch) end,
          lag(h.revision) over w, h.revision,
          etcd_directly_follows(lag(h.op) over w, lag(h.create_revision) over w, lag(h.version) over w,
            h.op, h.create_revision, h.version, h.from_snapshot), h.pruned_before) as gap
      from etcd_history h where h.route = p_route and h.key = p_key and h.epoch = coalesce(p_epoch, h.epoch)
      window w as (partition by h.epoch order by h.revision)
    )
    select r.*
    from entries e
    cross join lateral (
      select e.epoch, null::bigint, 'gap', null::text, null::bigint, null::bigint, null::bigint, null::text, null::text, null::timestamptz, e.gap
        where e.gap is not null
      union all
      select e.epoch, e.revision, e.op, e.value, e.create_revision, e.version, e.lease, e.origin, e.author, e.applied_at,
        case when e.from_snapshot and e.op = 'delete' then 'a snapshot at this revision did not find the key'
          when e.from_snapshot then 'a snapshot found this revision' end
    ) r(in_epoch, revision, op, value, create_revision, version, lease, origin, author, applied_at, note)
    order by e.epoch, e.revision, r.op = 'gap' desc;
end $$;

-- Grants a role the functions of the history. They answer for the mirrored tables that the role may read, and show all their earlier values.
create or replace function etcd_grant_history(role name) returns void
language plpgsql set search_path from current as $$
begin
  execute format('grant usage on schema %I to %I', current_schema(), role);
  execute format('grant execute on function etcd_get(text, bigint, bigint), etcd_at(text, bigint, bigint), etcd_log(text, bigint)'
    ' to %I', role);
end $$;

revoke execute on function etcd_get(text, bigint, bigint), etcd_at(text, bigint, bigint), etcd_log(text, bigint) from public;

comment on function etcd_get(text, bigint, bigint) is 'Returns the state of a key at a revision of an epoch; without them, the latest state that was'
  ' applied, in the current epoch. Always one row; op and value are null if the history has no entry. If complete is false, another state is possible,'
  ' and gap says why.';
comment on function etcd_at(text, bigint, bigint) is 'Returns the keys with the prefix that existed at a revision of an epoch, in all routes;'
  ' defaults, complete and gap as for etcd_get. A row with a null op and value is a key of which it is not known whether it existed.';
comment on function etcd_log(text, bigint) is 'Returns the history of a key, oldest entry first, in all epochs or in one. A row with op = gap says which'
  ' revisions may be missing before the next row.';
comment on function etcd_grant_history(name) is 'Grants a role etcd_get, etcd_at and etcd_log. They answer for the tables that the role may read, with'
  ' all earlier values.';

-- ---------------------------------------------------------------- pruning

-- Returns the number of the advisory lock of a session that prunes a route. Sessions prune a route one after the other.
create or replace function etcd_prune_lock(p_route text) returns bigint
language sql immutable as $$
  select hashtextextended('etcd_prune ' || $1, 0)
$$;

-- Removes old entries of the next keys of a route, from where the last call has stopped: at most max_rows entries of at most max_keys keys. An entry
-- is old if its key had a newer one at the cutoff already (so that the state of each key at the cutoff stays known), or if keep newer ones follow it;
-- null switches a condition off. Entries of a key are removed from the oldest on, without a hole, and the oldest one that stays is marked.
--
-- The entry of the mirrored revision and everything after it always stay: the row of the key may have to go back to that value. The last entry of a
-- key stays too. The mirror only moves to newer entries, so an entry that is not needed now will not be needed later, and no lock is taken that the
-- sink could meet: the sink only inserts newer entries.
--
-- Returns the number of removed entries, and whether the last key of the route was reached; the next call then begins again.
create or replace function etcd_prune_keys(p_route text, p_cutoff timestamptz, p_keep bigint, p_max_keys bigint, p_max_rows bigint,
  out removed bigint, out ended boolean)
language plpgsql set search_path from current as $$
declare
  candidate record;
  v_done text; -- the last key that needs no more work
  v_walked bigint := 0;
  v_count bigint;
begin
  removed := 0;
  ended := true;
  perform pg_advisory_xact_lock(etcd_prune_lock(p_route));
  insert into etcd_prune_position (route) values (p_route) on conflict do nothing;
  select p.after_key into v_done from etcd_prune_position p where p.route = p_route;
  for candidate in
    with recursive keys as (
      (select h.key, 1::bigint as place from etcd_history h where h.route = p_route and h.key > v_done order by h.key limit 1)
      union all
      select n.key, k.place + 1
      from keys k
      cross join lateral (select h.key from etcd_history h where h.route = p_route and h.key > k.key order by h.key limit 1) n
      where k.place < p_max_keys
    )
    -- the cheap question first: can the oldest entry of the key go?
    select k.key, k.place, o.epoch is not null
        and (m.revision is null or m.revision = 0 or (o.epoch, o.revision) < (m.epoch, m.revision))
        and (coalesce(o.next_applied_at < p_cutoff, false) or b.epoch is not null) as has_old,
      m.epoch as mirrored_epoch, nullif(m.revision, 0) as mirrored_revision, b.epoch as surplus_epoch, b.revision as surplus_revision
    from keys k
    left join lateral (
      select w.epoch, w.revision, w.next_applied_at from (
        select h.epoch, h.revision, lead(h.applied_at) over (order by h.epoch, h.revision) as next_applied_at
        from (select h.epoch, h.revision, h.applied_at from etcd_history h where h.route = p_route and h.key = k.key
              order by h.epoch, h.revision limit 2) h) w
      where w.next_applied_at is not null) o on true
    left join lateral (select m.epoch, m.revision from etcd_mirror m where m.route = p_route and m.key = k.key limit 1) m on true
    left join lateral (
      select h.epoch, h.revision from etcd_history h where h.route = p_route and h.key = k.key and p_keep is not null
      order by h.epoch desc, h.revision desc offset p_keep limit 1) b on true
  loop
    v_walked := candidate.place;
    if not candidate.has_old then
      v_done := candidate.key;
      continue;
    end if;
    with oldest as (
      select h.epoch, h.revision, lead(h.applied_at) over (order by h.epoch, h.revision) as next_applied_at
      from (select h.epoch, h.revision, h.applied_at from etcd_history h where h.route = p_route and h.key = candidate.key
            order by h.epoch, h.revision limit p_max_rows - removed + 1) h
    ),
    judged as (
      select o.epoch, o.revision, bool_and(o.next_applied_at is not null
          and (candidate.mirrored_revision is null or (o.epoch, o.revision) < (candidate.mirrored_epoch, candidate.mirrored_revision))
          and (coalesce(o.next_applied_at < p_cutoff, false)
            or candidate.surplus_epoch is not null and (o.epoch, o.revision) <= (candidate.surplus_epoch, candidate.surplus_revision)))
        over (order by o.epoch, o.revision) as is_old
      from oldest o
    ),
    border as (select j.epoch, j.revision from judged j where j.is_old order by j.epoch desc, j.revision desc limit 1)
    delete from etcd_history h using border b
      where h.route = p_route and h.key = candidate.key and (h.epoch, h.revision) <= (b.epoch, b.revision);
    get diagnostics v_count = row_count;
    removed := removed + v_count;
    if v_count > 0 then
      update etcd_history h set pruned_before = true
        from (select o.epoch, o.revision from etcd_history o where o.route = p_route and o.key = candidate.key order by o.epoch, o.revision limit 1) o
        where h.route = p_route and h.key = candidate.key and h.epoch = o.epoch and h.revision = o.revision and not h.pruned_before;
    end if;
    if removed >= p_max_rows then
      ended := false; -- the key may have more: the next call begins with it
      exit;
    end if;
    v_done := candidate.key;
  end loop;
  ended := ended and v_walked < p_max_keys;
  update etcd_prune_position p set after_key = case when ended then '' else v_done end where p.route = p_route;
end $$;

-- Does a small piece of work for the sink, as etcd_prune_keys. Does nothing while another session prunes the route. A security definer, so that the
-- sink's role cannot delete what must stay.
create or replace function etcd_prune_piece(p_route text, p_older_than interval, p_keep bigint, p_max_keys bigint, p_max_rows bigint,
  out removed bigint, out ended boolean)
language plpgsql security definer set search_path from current as $$
begin
  if not pg_try_advisory_xact_lock(etcd_prune_lock(p_route)) then
    removed := 0;
    ended := true;
    return;
  end if;
  select d.removed, d.ended into removed, ended
    from etcd_prune_keys(p_route, clock_timestamp() - p_older_than, p_keep, p_max_keys, p_max_rows) d;
end $$;

-- Removes old entries of the history, at most max_rows in one call, so that transactions stay short. Call it until it returns 0. older_than removes
-- entries that were replaced longer ago than that; keep_per_key removes all but the newest so many of each key. Without a route, all routes are
-- looked at. The mirrored revision of each key and its last entry always stay. Returns the number of removed entries.
create or replace function etcd_prune_history(older_than interval default null, keep_per_key bigint default null, route text default null,
  max_rows bigint default 10000) returns bigint
language plpgsql set search_path from current as $$
#variable_conflict use_column
declare
  p_older_than constant interval := $1;
  p_keep constant bigint := $2;
  p_route constant text := $3;
  p_max_rows constant bigint := $4;
  v_removed bigint := 0;
  v_passes int;
  r record;
  d record;
begin
  if p_older_than is null and p_keep is null then
    raise exception 'older_than or keep_per_key must be given' using errcode = 'invalid_parameter_value',
      hint = 'select etcd_prune_history(older_than => ''90 days'', keep_per_key => 100)';
  elsif p_older_than < interval '0' or p_keep < 1 or p_max_rows is null or p_max_rows < 1 then
    raise exception 'older_than must not be negative, and keep_per_key and max_rows must be at least 1' using errcode = 'invalid_parameter_value';
  elsif p_route is not null and not exists (select from etcd_route x where x.route = p_route) then
    raise exception 'there is no route "%"', p_route using errcode = 'no_data_found', hint = 'select * from etcd_route';
  end if;
  for r in select x.route from etcd_route x where x.route = coalesce(p_route, x.route) order by x.route loop
    -- the rest of the pass that was begun, then a whole one
    v_passes := 0;
    while v_passes < 2 and v_removed < p_max_rows loop
      d := etcd_prune_keys(r.route, clock_timestamp() - p_older_than, p_keep, 1000, p_max_rows - v_removed);
      v_removed := v_removed + d.removed;
      v_passes := v_passes + d.ended::int;
    end loop;
  end loop;
  return v_removed;
end $$;

-- Removes conflicts that were detected longer ago than older_than, at most max_rows in one call. These stay: conflicts that are not in the conflicts
-- topic yet, and lost inserts that etcd may still take, because the epoch in which they were sent goes on (applied_late would then become true).
-- Returns the number of removed conflicts.
create or replace function etcd_prune_conflicts(older_than interval, route text default null, max_rows bigint default 10000) returns bigint
language plpgsql security definer set search_path from current as $$
#variable_conflict use_column
declare
  p_older_than constant interval := $1;
  p_route constant text := $2;
  p_max_rows constant bigint := $3;
  v_removed bigint;
begin
  if p_older_than is null or p_older_than < interval '0' or p_max_rows is null or p_max_rows < 1 then
    raise exception 'older_than must be given and not be negative, and max_rows must be at least 1' using errcode = 'invalid_parameter_value';
  end if;
  delete from etcd_conflict c where c.id in (
    select o.id from etcd_conflict o
    where o.detected_at < clock_timestamp() - p_older_than and o.route = coalesce(p_route, o.route)
      and o.publish_number <= (select s.published_number from etcd_dispatch_state s)
      and not (o.base_revision = 0 and o.op = 'put' and o.send_number is not null and not o.applied_late
        -- a route that was removed receives nothing any more
        and exists (select from etcd_route x where x.route = o.route)
        and not exists (select from etcd_snapshot e where e.route = o.route and e.epoch > o.base_epoch
          and e.partition = etcd_partition(o.key, e.partitions) and o.key > e.after_key and (e.through_key = '' or o.key <= e.through_key)))
    order by o.id limit p_max_rows
    for update skip locked);
  get diagnostics v_removed = row_count;
  return v_removed;
end $$;

-- Remembers that the conflicts up to a number are in the conflicts topic. The notify source calls it.
create or replace function etcd_published(through bigint) returns void
language sql set search_path from current as $$
  update etcd_dispatch_state set published_number = $1 where published_number < $1
$$;

revoke execute on function etcd_prune_piece(text, interval, bigint, bigint, bigint), etcd_prune_conflicts(interval, text, bigint) from public;

comment on function etcd_prune_history(interval, bigint, text, bigint) is 'Removes entries of etcd_history that were replaced longer ago than'
  ' older_than, and all but the newest keep_per_key entries of each key; in one route or in all. Mirrored revisions and last entries stay. Removes at'
  ' most max_rows entries and returns their number: call it until it returns 0.';
comment on function etcd_prune_conflicts(interval, text, bigint) is 'Removes conflicts that were detected longer ago than older_than. Conflicts that were'
  ' not published, and lost inserts that etcd may still take, stay. Removes at most max_rows conflicts and returns their number.';

-- CREATE OR REPLACE resets the settings of a function. The reason for the settings is in R__2_dispatch.sql.
do $$
declare
  v_setting text;
begin
  foreach v_setting in array array['enable_seqscan', 'enable_bitmapscan', 'enable_hashjoin', 'enable_mergejoin', 'enable_material', 'jit'] loop
    execute format('alter function etcd_prune_keys set %I = off', v_setting);
  end loop;
end $$;
