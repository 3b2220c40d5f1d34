-- Returns the routes with changes that cannot be sent, because no snapshot has ended, and the change in flight that was sent first of all.
select r.route, null as key, null::bigint as send_number
from etcd_route r
where exists (select from etcd_wal w where w.route = r.route) and not exists (select from etcd_snapshot s where s.route = r.route)
union all
(select m.route, m.key, m.send_number
from etcd_mirror m
where m.send_number is not null and m.status = 'inflight'
order by m.send_number
limit 1)
