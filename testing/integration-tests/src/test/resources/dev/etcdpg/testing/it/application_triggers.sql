-- Triggers of an application on the mirrored table, for keys below ${prefix}. The table app_witness records every committed local change.

create table public.app_witness (key text, id bigint, op text, value text, txid xid8);

create function public.app_witness() returns trigger language plpgsql as $$
begin
  if starts_with(new.key, '${prefix}') then
    insert into public.app_witness values (new.key, new.id, new.op, new.value, new.txid);
  end if;
  return null;
end $$;
create trigger app_witness after insert on etcd_sync.etcd_wal for each row execute function public.app_witness();

-- before/x: the trigger changes a local write to upper case, and writes the new value to before-of/x.
-- unguarded/x: the trigger changes writes of the sink too.
create function public.app_before() returns trigger language plpgsql as $$
begin
  if starts_with(new.key, '${prefix}unguarded/')
      or starts_with(new.key, '${prefix}before/') and coalesce(current_setting('etcd_sync.applying', true), '') <> 'on' then
    new.value := upper(new.value);
  end if;
  if starts_with(new.key, '${prefix}before/') then
    insert into public.etcd (key, value) values (replace(new.key, '/before/', '/before-of/'), new.value)
      on conflict (key) do update set value = excluded.value;
  end if;
  return new;
end $$;
create trigger app_before before insert or update on public.etcd for each row execute function public.app_before();

-- after/x: a second write changes the row to upper case. after-of/x has the value of the row, and is deleted together with the row.
create function public.app_after() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    if starts_with(old.key, '${prefix}after/') then
      delete from public.etcd where key = replace(old.key, '/after/', '/after-of/');
    end if;
  elsif starts_with(new.key, '${prefix}after/') then
    insert into public.etcd (key, value) values (replace(new.key, '/after/', '/after-of/'), new.value)
      on conflict (key) do update set value = excluded.value;
    update public.etcd set value = upper(value) where key = new.key and value <> upper(value);
  end if;
  return null;
end $$;
create trigger app_after after insert or update or delete on public.etcd for each row execute function public.app_after();
