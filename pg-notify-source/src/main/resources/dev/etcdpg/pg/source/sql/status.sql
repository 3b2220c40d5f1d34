-- bounded, because it runs every 15 s beside the work
select r.route, coalesce(p.changes, 0) as pending, coalesce(p.oldest_ms, 0) as oldest_pending_ms,
  coalesce(h.changes, 0) as held, coalesce(h.oldest_ms, 0) as oldest_held_ms, coalesce(t.oldest_ms, 0) as oldest_transaction_ms
from etcd_route r
left join (
  select w.route, count(*) as changes, extract(epoch from clock_timestamp() - min(w.changed_at)) * 1000 as oldest_ms
  from (select x.route, x.changed_at from etcd_wal x order by x.txid, x.id limit 50000) w
  group by w.route) p on p.route = r.route
left join (
  select m.route, count(*) as changes, extract(epoch from clock_timestamp() - min(w.changed_at)) * 1000 as oldest_ms
  from (select x.route, x.key, x.change_id from etcd_mirror x where x.status = 'held' limit 10000) m
  left join etcd_wal w on w.route = m.route and w.key = m.key and w.id = m.change_id
  group by m.route) h on h.route = r.route
cross join (
  select extract(epoch from clock_timestamp() - min(a.xact_start)) * 1000 as oldest_ms from pg_stat_activity a
  where a.backend_xmin is not null and a.datname = current_database() and a.pid <> pg_backend_pid()) t
order by r.route
