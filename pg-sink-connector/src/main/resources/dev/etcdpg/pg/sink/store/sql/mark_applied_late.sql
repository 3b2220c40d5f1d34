-- Marks a lost insert that etcd took after all, and has it published again under its id. The revision that it lost to is not its own, even with
-- the same value.
update etcd_conflict c
set applied_late = true, publish_number = null
where c.id = any (array(
  select f.id
  from unnest(:key::text[], :hash::bytea[], :epoch::bigint[], :revision::bigint[]) as u (key, hash, epoch, revision)
  cross join lateral (
    select l.id from etcd_conflict l
    where l.route = :route and l.key = u.key and l.base_revision = 0 and l.send_number is not null and l.op = 'put' and not l.applied_late
      and sha256(convert_to(l.value, 'UTF8')) = u.hash and (l.won_epoch, l.won_revision) < (u.epoch, u.revision)
    order by l.id desc limit 1
  ) f))
