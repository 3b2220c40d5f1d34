-- What waited is held under its last entry.
update etcd_mirror m
set status = 'held', change = w.id, sent_op = w.op, sent_value = w.value, sent_hash = sha256(convert_to(w.value, 'UTF8')),
    send = null, probe = null, due = null, base_epoch = u.base_epoch, base_revision = u.base_revision, reason = u.reason,
    settled = u.settled
from unnest(?::text[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::text[])
  as u (key, change, settled, base_epoch, base_revision, reason)
join etcd_wal w on w.route = ? and w.key = u.key and w.id = u.change
where m.route = w.route and m.key = u.key
