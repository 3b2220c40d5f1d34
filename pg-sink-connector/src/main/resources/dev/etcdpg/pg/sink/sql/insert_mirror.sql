insert into etcd_mirror (
  route, key, epoch, revision, value_hash, unrepresentable, create_revision, version, lease, high_epoch, high_revision)
select ?, u.*
from unnest(?::text[], ?::bigint[], ?::bigint[], ?::bytea[], ?::boolean[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[])
  as u (key, epoch, revision, value_hash, unrepresentable, create_revision, version, lease, high_epoch, high_revision)
order by u.key
on conflict (route, key) do nothing
