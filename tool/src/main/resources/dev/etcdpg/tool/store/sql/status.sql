-- State of each route, with the last snapshot.
select s.route, s.prefix, s.mirrored_table, s.pending_changes, s.pending_keys, s.inflight, s.held,
  extract(epoch from s.oldest_pending_age)::bigint as oldest_pending_seconds, s.conflicts, s.requests, s.paused,
  (select max(e.ended_at) from etcd_snapshot e where e.route = s.route) as last_snapshot,
  (select coalesce(min(c.reached_revision), 0) from etcd_sink_chain c where right(c.topic, length(s.route) + 1) = '.' || s.route
    and c.reached_epoch = (select max(d.reached_epoch) from etcd_sink_chain d where right(d.topic, length(s.route) + 1) = '.' || s.route)) as applied_revision
from etcd_status s
order by s.route
