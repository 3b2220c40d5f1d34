update ${table} t
set value = u.value, create_revision = u.create_revision, mod_revision = u.mod_revision, version = u.version, lease = u.lease
from unnest(?::text[], ?::text[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[])
  as u (key, value, create_revision, mod_revision, version, lease)
where t.key = u.key
