with gone as (
  delete from etcd_wal w
  using unnest(
      ?::text[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::text[])
    as u (key, through, covered, send, base_epoch, base_revision, waiting_epoch, waiting_revision, won_epoch, won_revision, reason)
  where w.route = ? and w.key = u.key and w.id <= u.through
  returning w.route, w.key, w.id, w.op, w.value, w.txid, w.author, w.time,
    case when w.id <= u.covered then u.send end as send,
    case when w.id <= u.covered then u.base_epoch else u.waiting_epoch end as base_epoch,
    case when w.id <= u.covered then u.base_revision else u.waiting_revision end as base_revision,
    u.won_epoch, u.won_revision, u.reason
)
insert into etcd_conflict (
  route, key, change, op, value, txid, author, time, send, base_epoch, base_revision, won_epoch, won_revision, reason)
select route, key, id, op, value, txid, author, time, send, base_epoch, base_revision, won_epoch, won_revision, reason
from gone order by id
