select r.id, r.route, r.kind, r.send_number is not null as sent, r.reason = 'etcd_resync' as by_hand,
  extract(epoch from clock_timestamp() - r.requested_at)::bigint as age
from etcd_request r where r.route = any(:routes) order by r.id
