-- Reads the state of each key in one snapshot. For a key that the sink has just inserted, entries that a trigger of the application appended
-- to etcd_wal since then, in this transaction, are left out: they are local changes made after the event, and stay pending. A trigger's change
-- of any other key comes before the event, as if another transaction had committed it.
select k.key, t.key is not null as has_row,
       m.key is not null as has_mirror,
       m.epoch, m.revision, m.value_hash, m.unrepresentable, m.create_revision, m.version, m.lease,
       m.applied_epoch, m.applied_revision, m.settled_id,
       m.status, m.change_id, m.sent_op, m.sent_hash, m.send_number, m.probe_number, m.next_action, m.base_epoch, m.base_revision, m.reason,
       w.id as wal_id, w.hash as wal_hash, w.earlier as wal_earlier,
       c.id is not null as lost_insert
from unnest(:key::text[], :inserted_behind::bigint[]) as k (key, inserted_behind)
left join lateral (select t.key from ${table} t where t.key = k.key limit 1) t on true
left join lateral (select m.* from etcd_mirror m where m.route = :route and m.key = k.key limit 1) m on true
left join lateral (
  select w.id, sha256(convert_to(w.value, 'UTF8')) as hash,
    exists (select from etcd_wal e where e.route = w.route and e.key = w.key and e.id < w.id and e.txid <> w.txid) as earlier
  from etcd_wal w
  where w.route = :route and w.key = k.key
    and (k.inserted_behind is null or w.id <= k.inserted_behind or w.txid is distinct from pg_current_xact_id_if_assigned())
  order by w.id desc limit 1
) w on true
left join lateral (
  select c.id from etcd_conflict c
  where c.route = :route and c.key = k.key and c.base_revision = 0 and c.send_number is not null and c.op = 'put' and not c.applied_late
  limit 1
) c on true
