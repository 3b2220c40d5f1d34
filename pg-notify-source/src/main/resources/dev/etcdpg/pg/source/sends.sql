select number, kind, route, key, op, value, base_epoch, base_revision, lease, author, of, range_after, range_through, reason,
  change, changed_at, won_epoch, won_revision, applied_late
from etcd_sends(?, ?)
