update ${table} t
set value = u.value, create_revision = u.create_revision, mod_revision = u.mod_revision, version = u.version, lease = u.lease
from (
  select u.*, f.place
  from unnest(:key::text[], :value::text[], :create_revision::bigint[], :mod_revision::bigint[], :version::bigint[], :lease::bigint[])
    as u (key, value, create_revision, mod_revision, version, lease)
  cross join lateral (select x.ctid as place from ${table} x where x.key = u.key limit 1) f
) u
where t.ctid = u.place
