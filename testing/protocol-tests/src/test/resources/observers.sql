-- Observers in the database of a history: a log of its transactions, and a fault that ends a sink's session.
create table public.model_log (
  seq bigint generated always as identity primary key,
  txid bigint not null default txid_current(),
  what text not null,      -- settled, lost, applied, mirrored
  key text not null,
  change bigint,
  content text not null    -- a hash of the value, 'absent' or 'unrepresentable'
);

create function public.model_content(hash bytea, live boolean) returns text language sql as
$$ select case when not live then 'absent' else coalesce(hash::text, 'unrepresentable') end $$;

create function public.model_settled() returns trigger language plpgsql as $$ begin
  insert into public.model_log (what, key, change, content)
    values ('settled', old.key, old.id, public.model_content(sha256(convert_to(old.value, 'UTF8')), old.value is not null));
  return null;
end $$;
create trigger model_settled after delete on etcd_sync.etcd_wal for each row execute function public.model_settled();

create function public.model_lost() returns trigger language plpgsql as $$ begin
  insert into public.model_log (what, key, change, content) values ('lost', new.key, new.change_id, '');
  return null;
end $$;
create trigger model_lost after insert on etcd_sync.etcd_conflict for each row execute function public.model_lost();

create function public.model_applied() returns trigger language plpgsql as $$ begin
  insert into public.model_log (what, key, content)
    values ('applied', new.key, public.model_content(sha256(convert_to(new.value, 'UTF8')), new.op <> 'delete'));
  return null;
end $$;
create trigger model_applied after insert on etcd_sync.etcd_history for each row execute function public.model_applied();

create function public.model_mirrored() returns trigger language plpgsql as $$ begin
  insert into public.model_log (what, key, content)
    values ('mirrored', new.key, public.model_content(new.value_hash, new.revision > 0));
  return null;
end $$;
create trigger model_mirrored after insert or update on etcd_sync.etcd_mirror for each row execute function public.model_mirrored();

-- A sequence, because it is not rolled back with the transaction: the session is ended once.
create sequence public.model_fault;
select setval('public.model_fault', 2);
create function public.model_fault() returns trigger language plpgsql as $$ begin
  if nextval('public.model_fault') = 1 then
    perform pg_terminate_backend(pg_backend_pid());
    perform pg_sleep(10);
  end if;
  return null;
end $$;
create trigger model_fault after insert or update on etcd_sync.etcd_sink_offset for each statement execute function public.model_fault();
