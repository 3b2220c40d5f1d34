-- Asked for once an epoch. False if the number was taken: then it is to be tried again.
with made as (
  insert into etcd_request (id, route, kind, epoch, reason)
  select greatest(
           (select coalesce(max(id), 0) + 1 from etcd_request), (extract(epoch from clock_timestamp()) * 1000000)::bigint),
         ?, 'new_epoch', ?, ?
  where not exists (select from etcd_request r where r.route = ? and r.kind = 'new_epoch' and r.epoch = ?)
  on conflict (id) do nothing
  returning id
)
select exists (select from made) or exists (select from etcd_request r where r.route = ? and r.kind = 'new_epoch' and r.epoch = ?)
