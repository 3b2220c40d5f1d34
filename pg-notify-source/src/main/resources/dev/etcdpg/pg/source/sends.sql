select number, kind, route, key, op, value, base_epoch, base_revision, lease, author, coalesce(send_number, request_id) as of, after_key, through_key,
  reason, change_id, changed_at, won_epoch, won_revision, applied_late
from etcd_sends(?, ?)
