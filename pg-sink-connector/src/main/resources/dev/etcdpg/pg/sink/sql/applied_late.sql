-- Published again, under its id, with what has become of it.
update etcd_conflict c
set applied_late = true, number = null
where c.id = any (array(
  select f.id
  from unnest(?::text[], ?::bytea[]) as u (key, hash)
  cross join lateral (
    select l.id from etcd_conflict l
    where l.route = ? and l.key = u.key and l.base_revision = 0 and l.send is not null and l.op = 'put' and not l.applied_late
      and sha256(convert_to(l.value, 'UTF8')) = u.hash
    order by l.id desc limit 1
  ) f))
