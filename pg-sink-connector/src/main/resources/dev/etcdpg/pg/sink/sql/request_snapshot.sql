-- Null if the number was taken: then it is to be tried again.
-- A request of the same range that has not been sent yet serves as well: the snapshot is begun later than this.
with same as (
  select max(r.id) as id from etcd_request r
  where r.route = ? and r.kind = 'snapshot' and r.after_key = ? and r.through_key = ? and r.send_number is null
), made as (
  insert into etcd_request (id, route, kind, after_key, through_key, epoch, reason)
  select greatest(
           (select coalesce(max(id), 0) + 1 from etcd_request), (extract(epoch from clock_timestamp()) * 1000000)::bigint),
         ?, 'snapshot', ?, ?, ?, ?
  where (select id from same) is null
  on conflict (id) do nothing
  returning id
)
select coalesce((select id from same), (select id from made)) as id
