insert into etcd_history (
  route, key, epoch, revision, op, value, create_revision, version, lease, origin, author, from_snapshot)
select ?, u.*
from unnest(
    ?::text[], ?::bigint[], ?::bigint[], ?::text[], ?::text[], ?::bigint[], ?::bigint[], ?::bigint[], ?::text[], ?::text[], ?::boolean[])
  as u (key, epoch, revision, op, value, create_revision, version, lease, origin, author, from_snapshot)
on conflict (route, key, epoch, revision) do nothing
