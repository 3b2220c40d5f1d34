-- What the triggers of a mirrored table do. They are made by etcd_install, with the route and its prefix as arguments.
-- Functions keep the search path of this file: the bookkeeping schema and nothing that others may write to.
do $$ begin perform set_config('search_path', quote_ident(current_schema()) || ', pg_temp', false); end $$;

-- Whether this is the sink's own write. The marker alone is not enough: what an application's trigger writes inside the sink's transaction
-- is a local change, and it runs one trigger deeper. To be called by trigger functions only.
create or replace function etcd_is_sink_write() returns boolean
language sql stable as $$
  select coalesce(current_setting('etcd_sync.applying', true), '') = 'on' and pg_trigger_depth() = 1
$$;

-- Before each row: refuses what can never go to etcd, keeps etcd's columns read-only. Reads no table.
create or replace function etcd_guard() returns trigger
language plpgsql as $$
begin
  if tg_op = 'TRUNCATE' then
    raise exception 'TRUNCATE is refused on "%": it is mirrored to etcd (route %), and TRUNCATE does not say which keys it removes',
      tg_table_name, tg_argv[0] using errcode = 'feature_not_supported', hint = 'Use DELETE.';
  end if;
  new.updated_at := now();
  if coalesce(current_setting('etcd_sync.applying', true), '') = 'on' and pg_trigger_depth() = 1 then
    return new;
  end if;
  if tg_op = 'UPDATE' then
    if (new.create_revision, new.mod_revision, new.version, new.lease)
        is distinct from (old.create_revision, old.mod_revision, old.version, old.lease) then
      raise exception 'create_revision, mod_revision, version and lease of "%" come from etcd and are read-only', tg_table_name
        using errcode = 'check_violation';
    end if;
    if new.key = old.key and new.value = old.value then
      return new;
    end if;
  end if;
  if new.key is null or new.value is null then
    raise exception '% of "%" must not be null', case when new.key is null then 'key' else 'value' end, tg_table_name
      using errcode = 'not_null_violation', hint = 'Delete the row to delete the key in etcd.';
  elsif not starts_with(new.key, tg_argv[1]) then
    raise exception 'key "%" is outside of route %: its keys begin with "%"', left(new.key, 200), tg_argv[0], tg_argv[1]
      using errcode = 'check_violation';
  elsif octet_length(new.key) > 2048 then
    raise exception 'key of % bytes is too long: at most 2048 can be mirrored', octet_length(new.key)
      using errcode = 'check_violation';
  elsif octet_length(new.value) + 3 * octet_length(new.key) > 1571840 then
    -- etcd's limit of a request is 1.5 MiB; the key is in it three times, and 1 KiB is for the connector's own keys
    raise exception 'value of % bytes for key "%" is too large for etcd: with the key counted three times at most 1571840 bytes',
      octet_length(new.value), left(new.key, 200) using errcode = 'check_violation';
  end if;
  if tg_op = 'INSERT' or new.key <> old.key then
    new.create_revision := 0;
    new.mod_revision := 0;
    new.version := 0;
    new.lease := 0;
  end if;
  return new;
end $$;

-- Says to whoever listens that there is something to dispatch. NOTIFY takes a lock of the whole database at commit: switch it off for a
-- database or a role with many concurrent writers by "alter database … set etcd_sync.notify = off", and the poll floor finds the changes. Likewise for
-- transactions that are to be prepared (two-phase commit): PostgreSQL refuses to prepare one that has notified.
create or replace function etcd_notify() returns void
language plpgsql set search_path from current as $$
begin
  if coalesce(current_setting('etcd_sync.notify', true), '') <> 'off' then
    perform pg_notify('etcd_sync_wake', '');
  end if;
end $$;

-- After each statement: append what changed, in the application's own transaction. Security definer: who may write the table need not have
-- rights in the bookkeeping schema.
create or replace function etcd_capture_insert() returns trigger
language plpgsql security definer set search_path from current as $$
begin
  if not etcd_is_sink_write() then
    insert into etcd_wal (route, key, op, value, author)
      select tg_argv[0], n.key, 'put', n.value, session_user from new_rows n;
    if found then
      perform etcd_notify();
    end if;
  end if;
  return null;
end $$;

create or replace function etcd_capture_delete() returns trigger
language plpgsql security definer set search_path from current as $$
begin
  if not etcd_is_sink_write() then
    insert into etcd_wal (route, key, op, author)
      select tg_argv[0], o.key, 'delete', session_user from old_rows o;
    if found then
      perform etcd_notify();
    end if;
  end if;
  return null;
end $$;

-- A row whose key changed is a delete and an insert. EXCEPT and not a join: the plan of a join that was made for a few rows is kept, and
-- took 15 s for 10,000 (0.3 s so).
create or replace function etcd_capture_update() returns trigger
language plpgsql security definer set search_path from current as $$
declare
  appended boolean;
begin
  if not etcd_is_sink_write() then
    insert into etcd_wal (route, key, op, author)
      select tg_argv[0], gone.key, 'delete', session_user
      from (select o.key from old_rows o except select n.key from new_rows n) gone order by gone.key;
    appended := found;
    insert into etcd_wal (route, key, op, value, author)
      select tg_argv[0], changed.key, 'put', changed.value, session_user
      from (select n.key, n.value from new_rows n except select o.key, o.value from old_rows o) changed order by changed.key;
    if appended or found then
      perform etcd_notify();
    end if;
  end if;
  return null;
end $$;
