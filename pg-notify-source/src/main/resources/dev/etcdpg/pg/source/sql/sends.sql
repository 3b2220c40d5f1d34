select number, kind, s.route, r.prefix, key, value, base_epoch, base_revision, lease, author, send_number, request_id, after_key, through_key,
  reason, change_id, changed_at, won_epoch, won_revision, applied_late, origin, database
from etcd_sends(:after, :max_rows) s
left join etcd_route r on r.route = s.route -- a conflict may be about a route that is removed
order by number
