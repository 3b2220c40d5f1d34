insert into etcd_mirror (
  route, key, epoch, revision, value_hash, unrepresentable, create_revision, version, lease, applied_epoch, applied_revision)
select :route, u.*
from unnest(:key::text[], :epoch::bigint[], :revision::bigint[], :value_hash::bytea[], :unrepresentable::boolean[], :create_revision::bigint[], :version::bigint[], :lease::bigint[], :applied_epoch::bigint[], :applied_revision::bigint[])
  as u (key, epoch, revision, value_hash, unrepresentable, create_revision, version, lease, applied_epoch, applied_revision)
order by u.key
on conflict (route, key) do nothing
