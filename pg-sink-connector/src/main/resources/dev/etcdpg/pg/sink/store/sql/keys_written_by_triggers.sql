-- Returns the keys that a trigger of the application has changed in this transaction, after the sink read their state.
select u.key
from unnest(:key::text[], :known::bigint[]) as u (key, known)
cross join lateral (
  select from etcd_wal w
  where w.route = :route and w.key = u.key and w.id > u.known and w.txid = pg_current_xact_id_if_assigned() limit 1
) w
