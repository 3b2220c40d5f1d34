with gone as (
  delete from etcd_wal w
  using (
    select u.*, f.place
    from unnest(
        :key::text[], :through::bigint[], :covered::bigint[], :send_number::bigint[], :base_epoch::bigint[], :base_revision::bigint[], :waiting_epoch::bigint[], :waiting_revision::bigint[], :won_epoch::bigint[], :won_revision::bigint[], :reason::text[])
      as u (key, through, covered, send_number, base_epoch, base_revision, waiting_epoch, waiting_revision, won_epoch, won_revision, reason)
    cross join lateral (select x.ctid as place from etcd_wal x where x.route = :route and x.key = u.key and x.id <= u.through offset 0) f
  ) u
  where w.ctid = u.place
  returning w.route, w.key, w.id, w.op, w.value, w.txid, w.author, w.changed_at,
    case when w.id <= u.covered then u.send_number end as send_number,
    case when w.id <= u.covered then u.base_epoch else u.waiting_epoch end as base_epoch,
    case when w.id <= u.covered then u.base_revision else u.waiting_revision end as base_revision,
    u.won_epoch, u.won_revision, u.reason
)
insert into etcd_conflict (
  route, key, change_id, op, value, txid, author, changed_at, send_number, base_epoch, base_revision, won_epoch, won_revision, reason)
select route, key, id, op, value, txid, author, changed_at, send_number, base_epoch, base_revision, won_epoch, won_revision, reason
from gone order by id
