-- Holds the waiting changes of a key under its last change.
update etcd_mirror m
set status = 'held', change_id = u.change_id, sent_op = u.op, sent_value = u.value, sent_hash = sha256(convert_to(u.value, 'UTF8')),
    send_number = null, probe_number = null, next_action = null, base_epoch = u.base_epoch, base_revision = u.base_revision, reason = u.reason,
    settled_id = u.settled_id
from (
  select u.*, w.op, w.value, f.place
  from unnest(:key::text[], :change_id::bigint[], :settled_id::bigint[], :base_epoch::bigint[], :base_revision::bigint[], :reason::text[])
    as u (key, change_id, settled_id, base_epoch, base_revision, reason)
  cross join lateral (select w.* from etcd_wal w where w.route = :route and w.key = u.key and w.id = u.change_id limit 1) w
  cross join lateral (select x.ctid as place from etcd_mirror x where x.route = w.route and x.key = u.key limit 1) f
) u
where m.ctid = u.place
