-- Trigger functions of a mirrored table. etcd_install creates the triggers and passes the route, the prefix and the limits as arguments.
-- Functions that read tables keep the search path of this file: the bookkeeping schema, and no schema in which others may create objects.
do $$ begin perform set_config('search_path', quote_ident(current_schema()) || ', pg_temp', false); end $$;

-- Returns the role of the session: the role of SET ROLE, or else session_user. A security definer function does not change the result.
create or replace function etcd_session_role() returns name
language sql stable as $$
  select case when current_setting('role') = 'none' then session_user else current_setting('role')::name end
$$;

-- Returns whether the statement is a write of the sink. Call this function in trigger functions only. The setting etcd_sync.applying alone is not
-- enough, for two reasons. Every role can change it, so it counts only if the role of the session may update etcd_mirror, as the role of the sink
-- may, or if etcd_resolve is writing a row. And a write of an application's trigger inside the sink's transaction is a local change; its triggers run
-- one level deeper.
create or replace function etcd_is_sink_write() returns boolean
language sql stable as $$
  select case when coalesce(current_setting('etcd_sync.applying', true), '') = 'on' and pg_trigger_depth() = 1
    then has_table_privilege(etcd_session_role(), 'etcd_mirror', 'UPDATE')
      or exists (select from etcd_row_restore r where r.txid = pg_current_xact_id_if_assigned())
    else false end
$$;

-- Runs before each row. Refuses rows that etcd can never hold, and keeps etcd's columns read-only. The function is a security definer with a search
-- path of its own, so that no function or operator of another role takes the place of a check. Arguments: route, prefix.
create or replace function etcd_check_row() returns trigger
language plpgsql security definer set search_path from current as $$
begin
  new.updated_at := now();
  if etcd_is_sink_write() then
    return new;
  end if;
  if tg_op = 'UPDATE' then
    if (new.create_revision, new.mod_revision, new.version, new.lease)
        is distinct from (old.create_revision, old.mod_revision, old.version, old.lease) then
      raise exception 'create_revision, mod_revision, version and lease of "%" come from etcd and are read-only', tg_table_name
        using errcode = 'check_violation', hint = 'Write key and value only.';
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
  elsif octet_length(new.key) > etcd_max_key_bytes() then
    raise exception 'key of % bytes is too long: the limit is % bytes', octet_length(new.key), etcd_max_key_bytes()
      using errcode = 'check_violation';
  elsif etcd_entry_bytes(new.key, new.value) > etcd_max_entry_bytes() then
    raise exception 'value of % bytes for key "%" is too large for etcd: the limit for a value and three times its key is % bytes',
      octet_length(new.value), left(new.key, 200), etcd_max_entry_bytes() using errcode = 'check_violation';
  end if;
  if tg_op = 'INSERT' or new.key <> old.key then
    new.create_revision := 0;
    new.mod_revision := 0;
    new.version := 0;
    new.lease := 0;
  end if;
  return new;
end $$;

create or replace function etcd_refuse_truncate() returns trigger
language plpgsql as $$
begin
  raise exception 'TRUNCATE is refused on "%": the table is mirrored to etcd (route %), and TRUNCATE does not say which keys it removes',
    tg_table_name, tg_argv[0] using errcode = 'feature_not_supported', hint = 'Use DELETE.';
end $$;

-- Largest number of notifications between two calls of etcd_want_notifications.
create or replace function etcd_max_notifications() returns int
language sql immutable parallel safe as 'select 50';

-- Notifies the notify source that dispatch has something to do. A notification is only a hint, because the source also polls. So the function does
-- not notify if enough notifications are under way, or if the queue of the server is half full: a full queue would make the commit fail. NOTIFY takes
-- a lock on the whole database at commit. For a database or a role with many concurrent writers, switch it off with "alter database ... set
-- etcd_sync.notify = off"; polling then finds the changes. Switch it off for two-phase commit too: PostgreSQL refuses to prepare a transaction that
-- has notified.
create or replace function etcd_notify() returns void
language plpgsql security definer set search_path from current as $$
begin
  if coalesce(current_setting('etcd_sync.notify', true), '') <> 'off'
      and nextval('etcd_notification_seq') <= etcd_max_notifications()
      and pg_notification_queue_usage() < 0.5 then
    perform pg_notify('etcd_sync_wake', '');
  end if;
end $$;

-- Permits etcd_notify to notify again. A source that listens calls the function before each look at the changes. Returns whether a notification was
-- withheld since the last call; then a transaction may be about to commit without one.
create or replace function etcd_want_notifications() returns boolean
language plpgsql security definer set search_path from current as $$
declare
  v_last bigint;
  v_used boolean;
begin
  select s.last_value, s.is_called into v_last, v_used from etcd_notification_seq s;
  if v_used then
    perform setval('etcd_notification_seq', 1, false);
  end if;
  return v_used and v_last > etcd_max_notifications();
end $$;

-- Runs after each statement. Appends the changes to etcd_wal in the transaction of the application. The function is a security definer, so a role
-- that may write the table needs no rights in the bookkeeping schema. An update of the key is a delete and an insert. For updates, the query uses
-- EXCEPT instead of a join, because PostgreSQL keeps the plan that it made for a few rows. With that plan, a join took 15 s for 10,000 rows; EXCEPT
-- took 0.3 s.
create or replace function etcd_capture() returns trigger
language plpgsql security definer set search_path from current as $$
declare
  v_deleted boolean := false;
begin
  if etcd_is_sink_write() then
    return null;
  end if;
  if tg_op = 'INSERT' then
    insert into etcd_wal (route, key, op, value, author)
      select tg_argv[0], n.key, 'put', n.value, session_user from new_rows n;
  elsif tg_op = 'DELETE' then
    insert into etcd_wal (route, key, op, author)
      select tg_argv[0], o.key, 'delete', session_user from old_rows o;
  else
    insert into etcd_wal (route, key, op, author)
      select tg_argv[0], gone.key, 'delete', session_user
      from (select o.key from old_rows o except select n.key from new_rows n) gone order by gone.key;
    v_deleted := found;
    insert into etcd_wal (route, key, op, value, author)
      select tg_argv[0], changed.key, 'put', changed.value, session_user
      from (select n.key, n.value from new_rows n except select o.key, o.value from old_rows o) changed order by changed.key;
  end if;
  if found or v_deleted then
    perform etcd_notify();
  end if;
  return null;
end $$;
