-- Requests a snapshot of a range. A request for the same range that was not sent yet serves as well, because its snapshot begins later than
-- now. Returns null if another transaction took the id: the caller tries again.
with same as (
  select max(r.id) as id from etcd_request r
  where r.route = :route and r.kind = 'snapshot' and r.after_key = :after_key and r.through_key = :through_key and r.send_number is null
), made as (
  insert into etcd_request (id, route, kind, after_key, through_key, epoch, reason)
  select greatest(
           (select coalesce(max(id), 0) + 1 from etcd_request), (extract(epoch from clock_timestamp()) * 1000000)::bigint),
         :route, 'snapshot', :after_key, :through_key, :epoch, :reason
  where (select id from same) is null
  on conflict (id) do nothing
  returning id
)
select coalesce((select id from same), (select id from made)) as id
