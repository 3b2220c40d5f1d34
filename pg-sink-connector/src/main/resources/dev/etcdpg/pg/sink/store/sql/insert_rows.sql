-- Inserts rows that are missing. An inserted key is locked: no other transaction can insert it.
insert into ${table} (key, value, create_revision, mod_revision, version, lease)
select u.key, u.value, u.create_revision, u.mod_revision, u.version, u.lease
from unnest(:key::text[], :value::text[], :create_revision::bigint[], :mod_revision::bigint[], :version::bigint[], :lease::bigint[])
  as u (key, value, create_revision, mod_revision, version, lease)
order by u.key
on conflict (key) do nothing
returning key
