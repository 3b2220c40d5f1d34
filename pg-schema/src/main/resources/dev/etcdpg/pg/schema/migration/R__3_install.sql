-- Installing and removing the mirror of an etcd prefix.
do $$ begin perform set_config('search_path', quote_ident(current_schema()) || ', pg_temp', false); end $$;

-- Returns a sentence that names all reasons why an existing table cannot be a mirror, or null if the table can be one. Without the setting of the
-- function, format_type would quote names if the role has set quote_all_identifiers.
create or replace function etcd_table_fault(p_table regclass) returns text
language plpgsql stable set search_path from current set quote_all_identifiers = off as $$
declare
  v_class pg_class;
begin
  select c.* into v_class from pg_class c where c.oid = p_table;
  if v_class.relkind = 'p' or exists (select from pg_inherits i where p_table in (i.inhrelid, i.inhparent)) then
    return 'it is partitioned or inherits: triggers do not see every write to such a table';
  elsif v_class.relkind <> 'r' then
    return 'it is not a plain table';
  end if;
  return (
    with fault(place, sentence) as (
      select 1, 'it is unlogged or temporary: a crash of PostgreSQL would empty it, and not its bookkeeping' where v_class.relpersistence <> 'p'
      union all
      select 2, format('it has the rule %I, which rewrites the statements of the sink: use a trigger', r.rulename)
        from pg_rewrite r where r.ev_class = p_table
      union all
      select 3, format('column %s must be %s%s', w.name, w.type, case when w.name in ('key', 'value') then ' not null' else '' end)
        from (values ('key', 'text'), ('value', 'text'), ('create_revision', 'bigint'), ('mod_revision', 'bigint'), ('version', 'bigint'),
          ('lease', 'bigint'), ('updated_at', 'timestamp with time zone')) w(name, type)
        where not exists (select from pg_attribute a where a.attrelid = p_table and a.attname = w.name and not a.attisdropped
          and a.attgenerated = '' and format_type(a.atttypid, a.atttypmod) = w.type and (a.attnotnull or w.name not in ('key', 'value')))
      union all
      select 4, 'column key must have collation "C", because etcd orders keys by their bytes'
        from pg_attribute a left join pg_collation c on c.oid = a.attcollation
        where a.attrelid = p_table and a.attname = 'key' and c.collname is distinct from 'C'
      union all
      select 5, 'its primary key must be (key), not deferrable'
        where not exists (select from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
          where i.indrelid = p_table and i.indisprimary and i.indimmediate and i.indnkeyatts = 1 and a.attname = 'key')
      union all
      select 6, format('column %I must be nullable or have a default', a.attname)
        from pg_attribute a where a.attrelid = p_table and a.attnum > 0 and not a.attisdropped and a.attnotnull and not a.atthasdef
          and a.attidentity = '' and a.attname not in ('key', 'value', 'create_revision', 'mod_revision', 'version', 'lease', 'updated_at'))
    select string_agg(f.sentence, '; ' order by f.place, f.sentence) from fault f);
end $$;

-- Creates the triggers that are missing, disabled, or have other arguments. Returns whether it created any.
create or replace function etcd_create_triggers(p_route text, p_prefix text, p_table regclass) returns boolean
language plpgsql set search_path from current as $$
declare
  v_schema text := quote_ident(current_schema());
  t record;
  v_created boolean := false;
begin
  for t in
    select v.name, v.definition, v.func, v.arguments from (values
      -- PostgreSQL runs triggers in the order of their names; this trigger sees the row as the application's own BEFORE triggers leave it
      ('zz_etcd_guard', 'before insert or update on %s for each row', 'etcd_check_row', array[p_route, p_prefix]),
      ('zz_etcd_truncate', 'before truncate on %s for each statement', 'etcd_refuse_truncate', array[p_route]),
      ('zz_etcd_insert', 'after insert on %s referencing new table as new_rows for each statement', 'etcd_capture', array[p_route]),
      ('zz_etcd_update', 'after update on %s referencing old table as old_rows new table as new_rows for each statement', 'etcd_capture',
        array[p_route]),
      ('zz_etcd_delete', 'after delete on %s referencing old table as old_rows for each statement', 'etcd_capture', array[p_route])
    ) v(name, definition, func, arguments)
    where not exists (select from pg_trigger g where g.tgrelid = p_table and g.tgname = v.name and g.tgenabled in ('O', 'A')
      and g.tgfoid = to_regprocedure(v_schema || '.' || v.func || '()')
      -- PostgreSQL stores a zero byte after each argument
      and g.tgargs = (select string_agg(convert_to(a, 'UTF8') || E'\\x00', '' order by place) from unnest(v.arguments) with ordinality u(a, place)))
  loop
    v_created := true;
    if exists (select from pg_trigger g where g.tgrelid = p_table and g.tgname = t.name) then
      execute format('drop trigger %I on %s', t.name, p_table);
    end if;
    execute format('create trigger %I %s execute function %s.%I(%s)', t.name, format(t.definition, p_table), v_schema, t.func,
      (select string_agg(quote_literal(a), ', ' order by place) from unnest(t.arguments) with ordinality u(a, place)));
  end loop;
  return v_created;
end $$;

-- Registers a route: table_schema.table_name mirrors the keys that begin with the prefix. Creates the table if it does not exist. existing_rows
-- decides about rows that the table has before: 'enqueue' sends them as inserts; etcd refuses an insert if it has the key with another value, and
-- the conflict policy decides. 'ignore' sends nothing: rows take the values that etcd has, and rows that etcd does not have stay as they are until
-- somebody changes them. 'fail' raises an error if there are rows. The prefix and the table of
-- a route cannot change, because the bookkeeping is about its keys: call etcd_uninstall first, or use another route name. A second call with the
-- same arguments changes nothing, except that it repairs triggers. Returns whether anything was done.
create or replace function etcd_install(route text, prefix text, table_schema text default 'public', table_name text default null,
  existing_rows text default 'enqueue') returns boolean
language plpgsql set search_path from current set row_security = off as $$
#variable_conflict use_column
declare
  p_route constant text := $1;
  p_prefix constant text := $2;
  p_schema constant text := $3;
  p_name constant text := coalesce($4, $1);
  p_rows constant text := $5;
  v_qualified constant text := format('%I.%I', $3, coalesce($4, $1));
  v_known etcd_route;
  v_other text;
  v_table regclass;
  v_fault text;
  v_done boolean := false;
  v_count bigint;
begin
  if coalesce(p_route, '') !~ '^[a-z0-9_][a-z0-9_-]{0,47}$' then
    raise exception 'route name "%" is not valid', p_route using errcode = 'invalid_parameter_value',
      hint = 'A route name has at most 48 characters: lower case letters, digits, _ and -.';
  elsif coalesce(p_prefix, '') = '' then
    raise exception 'the prefix of route % must not be empty', p_route using errcode = 'invalid_parameter_value';
  elsif p_rows is null or p_rows not in ('enqueue', 'ignore', 'fail') then
    raise exception 'existing_rows must be enqueue, ignore or fail, not "%"', p_rows using errcode = 'invalid_parameter_value';
  elsif current_setting('server_encoding') <> 'UTF8' then
    raise exception 'the encoding of this database is %, but keys and values of etcd need UTF8', current_setting('server_encoding')
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  lock table etcd_route in exclusive mode;
  select * into v_known from etcd_route r where r.route = p_route;
  if found then
    if v_known.prefix <> p_prefix then
      raise exception 'route % mirrors "%" and cannot change to "%"', p_route, v_known.prefix, p_prefix
        using errcode = 'object_not_in_prerequisite_state', hint = 'Use another route name, or call etcd_uninstall first.';
    elsif (v_known.table_schema, v_known.table_name) <> (p_schema::name, p_name::name) then
      raise exception 'route % is mirrored in %.% and cannot move to %', p_route, v_known.table_schema, v_known.table_name, v_qualified
        using errcode = 'object_not_in_prerequisite_state', hint = 'Use another route name, or call etcd_uninstall first.';
    end if;
  else
    select r.route into v_other from etcd_route r where starts_with(r.prefix, p_prefix) or starts_with(p_prefix, r.prefix) limit 1;
    if found then
      raise exception 'the prefix of route % overlaps that of %', p_route, v_other
        using errcode = 'object_not_in_prerequisite_state', hint = 'A key must belong to one route.';
    end if;
  end if;

  v_table := to_regclass(v_qualified);
  if v_table is null and v_known.route is not null then
    raise exception 'table % of route % is gone', v_qualified, p_route using errcode = 'undefined_table',
      hint = format('To mirror into an empty table: select %1$I.etcd_uninstall(%2$L), install it again, then select %1$I.etcd_resync(%3$L).',
        current_schema(), p_route, p_prefix);
  elsif v_table is null then
    execute format($q$
      create table %s (
        key text collate pg_catalog."C" primary key,
        value text not null,
        create_revision bigint not null default 0,
        mod_revision bigint not null default 0,
        version bigint not null default 0,
        lease bigint not null default 0,
        updated_at timestamptz not null default now()
      ) $q$, v_qualified);
    v_table := v_qualified::regclass;
    execute format('comment on table %s is %L', v_table, format('Mirrors the keys of etcd that begin with %s, both ways. Write key and value; the'
      ' other columns come from etcd.', p_prefix));
    execute format($q$
      comment on column %1$s.key is 'Key in etcd. It begins with the prefix of the route.';
      comment on column %1$s.value is 'Value of the key.';
      comment on column %1$s.create_revision is 'create_revision of the key in etcd. Read-only for applications.';
      comment on column %1$s.mod_revision is 'Revision of the key in etcd; 0 until etcd has taken the row. Read-only for applications.';
      comment on column %1$s.version is 'version of the key in etcd. Read-only for applications.';
      comment on column %1$s.lease is 'Lease of the key in etcd; 0 without one. Read-only for applications.';
      comment on column %1$s.updated_at is 'Time of the last write of the row, by an application or by the sink.' $q$, v_table);
    v_done := true;
  end if;
  v_fault := etcd_table_fault(v_table);
  if v_fault is not null then
    raise exception 'table % cannot mirror route %: %', v_table, p_route, v_fault using errcode = 'object_not_in_prerequisite_state';
  end if;
  if v_known.route is null then
    insert into etcd_route (route, prefix, table_schema, table_name) values (p_route, p_prefix, p_schema, p_name);
    v_done := true;
  end if;

  -- CREATE TRIGGER locks the table, so nobody can write to it before its rows are enqueued
  if etcd_create_triggers(p_route, p_prefix, v_table) then
    v_done := true;
    execute format($q$
      select count(*), min(t.key) filter (where not starts_with(t.key, $1) or octet_length(t.key) not between 1 and etcd_max_key_bytes()
        or etcd_entry_bytes(t.key, t.value) > etcd_max_entry_bytes()) from %s t $q$, v_table)
      into v_count, v_fault using p_prefix;
    if v_fault is not null then
      raise exception 'table % has rows that cannot be in route %, the first is key "%"', v_table, p_route, left(v_fault, 200)
        using errcode = 'check_violation', hint = format('Keys must begin with "%s" and have at most %s bytes; a value and three times its key at'
          ' most %s bytes.', p_prefix, etcd_max_key_bytes(), etcd_max_entry_bytes());
    elsif v_count > 0 and p_rows = 'fail' and v_known.route is null then
      raise exception 'table % has % rows already, and existing_rows is fail', v_table, v_count
        using errcode = 'object_not_in_prerequisite_state', hint = 'Empty the table; or choose existing_rows => ''enqueue'', which sends the rows to'
          ' etcd, or ''ignore'', which sends nothing.';
    end if;
    -- rows that missing triggers did not see are sent in any case
    if p_rows = 'ignore' and v_known.route is null then
      return v_done;
    end if;
    execute format($q$
      insert into etcd_wal (route, key, op, value, author)
      select $1, t.key, 'put', t.value, session_user from %s t
      left join etcd_mirror m on m.route = $1 and m.key = t.key
      where not (m.revision > 0 and not m.unrepresentable and m.value_hash = sha256(convert_to(t.value, 'UTF8'))) is true
        and not exists (select from etcd_wal w where w.route = $1 and w.key = t.key)
      order by t.key $q$, v_table) using p_route;
  end if;
  return v_done;
end $$;

-- Ends the mirroring of a route. Removes its triggers and its bookkeeping, pending changes included. The table and etcd keep their contents.
create or replace function etcd_uninstall(route text) returns void
language plpgsql set search_path from current as $$
#variable_conflict use_column
declare
  p_route constant text := $1;
  v_known etcd_route;
  v_table regclass;
  v_name text;
begin
  lock table etcd_route in exclusive mode;
  delete from etcd_route r where r.route = p_route returning * into v_known;
  if not found then
    raise exception 'there is no route "%"', p_route using errcode = 'no_data_found', hint = 'select * from etcd_route';
  end if;
  v_table := to_regclass(format('%I.%I', v_known.table_schema, v_known.table_name));
  if v_table is not null then
    foreach v_name in array array['zz_etcd_guard', 'zz_etcd_truncate', 'zz_etcd_insert', 'zz_etcd_update', 'zz_etcd_delete'] loop
      execute format('drop trigger if exists %I on %s', v_name, v_table);
    end loop;
  end if;
  -- etcd_conflict keeps the conflicts of the route
  for v_name in
    select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r' and a.attname = 'route' and not a.attisdropped
      and c.relname not in ('etcd_route', 'etcd_conflict') order by c.relname
  loop
    execute format('delete from %I where route = $1', v_name) using p_route;
  end loop;
end $$;

comment on function etcd_install(text, text, text, text, text) is 'Mirrors the keys that begin with a prefix in a table, which is created if it'
  ' does not exist. Returns whether anything was done.';
comment on function etcd_uninstall(text) is 'Ends the mirroring of a route. Pending changes and the history of the route are deleted. The table'
  ' and etcd keep their contents.';
