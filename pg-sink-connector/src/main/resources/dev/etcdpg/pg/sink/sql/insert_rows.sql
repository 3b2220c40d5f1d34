-- Insert or nothing: then the key is locked, and nobody else can insert it.
insert into ${table} (key, value, create_revision, mod_revision, version, lease)
select u.key, u.value, u.create_revision, u.mod_revision, u.version, u.lease
from unnest(?::text[], ?::text[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[])
  as u (key, value, create_revision, mod_revision, version, lease)
order by u.key
on conflict (key) do nothing
returning key
