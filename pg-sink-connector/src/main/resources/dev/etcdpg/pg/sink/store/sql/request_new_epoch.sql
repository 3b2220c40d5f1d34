-- Requests a new epoch, once for each epoch found. Returns false if another transaction took the id: the caller tries again.
with made as (
  insert into etcd_request (id, route, kind, epoch, reason)
  select greatest(
           (select coalesce(max(id), 0) + 1 from etcd_request), (extract(epoch from clock_timestamp()) * 1000000)::bigint),
         :route, 'new_epoch', :epoch, :reason
  where not exists (select from etcd_request r where r.route = :route and r.kind = 'new_epoch' and r.epoch = :epoch)
  on conflict (id) do nothing
  returning id
)
select exists (select from made) or exists (select from etcd_request r where r.route = :route and r.kind = 'new_epoch' and r.epoch = :epoch)
