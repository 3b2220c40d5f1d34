-- Keys of which a trigger of the application, in this very transaction, has made something that was not known when we decided.
select u.key
from unnest(?::text[], ?::bigint[]) as u (key, known)
cross join lateral (
  select from etcd_wal w
  where w.route = ? and w.key = u.key and w.id > u.known and w.txid = pg_current_xact_id_if_assigned() limit 1
) w
