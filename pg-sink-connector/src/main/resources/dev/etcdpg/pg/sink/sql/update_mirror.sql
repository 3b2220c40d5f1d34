update etcd_mirror m
set epoch = u.epoch, revision = u.revision, value_hash = u.value_hash, unrepresentable = u.unrepresentable,
    create_revision = u.create_revision, version = u.version, lease = u.lease,
    high_epoch = u.high_epoch, high_revision = u.high_revision
from (
  select u.*, f.place
  from unnest(?::text[], ?::bigint[], ?::bigint[], ?::bytea[], ?::boolean[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[])
    as u (key, epoch, revision, value_hash, unrepresentable, create_revision, version, lease, high_epoch, high_revision)
  cross join lateral (select x.ctid as place from etcd_mirror x where x.route = ? and x.key = u.key limit 1) f
) u
where m.ctid = u.place
