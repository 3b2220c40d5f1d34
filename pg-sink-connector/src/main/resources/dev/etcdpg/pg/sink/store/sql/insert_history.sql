insert into etcd_history (
  route, key, epoch, revision, op, value, create_revision, version, lease, origin, author, from_snapshot)
select :route, u.*
from unnest(
    :key::text[], :epoch::bigint[], :revision::bigint[], :op::text[], :value::text[], :create_revision::bigint[], :version::bigint[], :lease::bigint[], :origin::text[], :author::text[], :from_snapshot::boolean[])
  as u (key, epoch, revision, op, value, create_revision, version, lease, origin, author, from_snapshot)
on conflict (route, key, epoch, revision) do nothing
