delete from etcd_wal w
where w.ctid = any (array(
  select f.place
  from unnest(:key::text[], :through::bigint[]) as u (key, through)
  cross join lateral (select x.ctid as place from etcd_wal x where x.route = :route and x.key = u.key and x.id <= u.through offset 0) f))
returning w.key, w.id, w.author, extract(epoch from clock_timestamp() - w.changed_at) * 1000 as age_ms
