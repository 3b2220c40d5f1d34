insert into etcd_mirror (
  route, key, epoch, revision, value_hash, unrepresentable, create_revision, version, lease, applied_epoch, applied_revision)
select ?, u.*
from unnest(?::text[], ?::bigint[], ?::bigint[], ?::bytea[], ?::boolean[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[])
  as u (key, epoch, revision, value_hash, unrepresentable, create_revision, version, lease, applied_epoch, applied_revision)
order by u.key
on conflict (route, key) do nothing
