-- Reads values of mirrored revisions from the history, because the mirror keeps only their hashes.
select u.key, h.value
from unnest(:key::text[], :epoch::bigint[], :revision::bigint[]) as u (key, epoch, revision)
cross join lateral (
  select h.value from etcd_history h
  where h.route = :route and h.key = u.key and h.epoch = u.epoch and h.revision = u.revision limit 1
) h
