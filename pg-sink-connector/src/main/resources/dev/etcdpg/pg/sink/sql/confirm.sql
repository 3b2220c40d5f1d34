delete from etcd_wal w
using unnest(?::text[], ?::bigint[]) as u (key, through)
where w.route = ? and w.key = u.key and w.id <= u.through
returning w.key, w.id, w.author
