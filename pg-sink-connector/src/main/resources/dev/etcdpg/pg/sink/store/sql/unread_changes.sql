-- Returns nothing while a notify source works. Bounded, because it runs each minute beside the work. A held change waits for somebody else.
select w.route, count(*) as changes, extract(epoch from clock_timestamp() - min(w.changed_at))::bigint as age
from (select x.route, x.key, x.changed_at from etcd_wal x order by x.txid, x.id limit 50000) w
left join etcd_mirror m on m.route = w.route and m.key = w.key
where w.route = any(:routes) and m.status is distinct from 'held' and w.changed_at < clock_timestamp() - interval '1 minute'
  and not exists (select from etcd_connector c where c.kind = 'source' and c.seen_at > clock_timestamp() - interval '1 minute')
group by w.route order by w.route
