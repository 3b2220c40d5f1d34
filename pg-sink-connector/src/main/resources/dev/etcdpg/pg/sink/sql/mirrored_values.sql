-- What the mirror remembers only by its hash.
select u.key, h.value
from unnest(?::text[], ?::bigint[], ?::bigint[]) as u (key, epoch, revision)
cross join lateral (
  select h.value from etcd_history h
  where h.route = ? and h.key = u.key and h.epoch = u.epoch and h.revision = u.revision limit 1
) h
