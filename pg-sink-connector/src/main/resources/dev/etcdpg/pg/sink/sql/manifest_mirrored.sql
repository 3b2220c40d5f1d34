-- Keys of the page that the manifest may say something of: live or pending, and older than it; or in flight without an outcome.
-- The upper bound comes from a subquery and not from an "or", so that the index is read no further than the page goes.
select m.key, m.status = 'inflight' as inflight
from etcd_mirror m
where m.route = ? and m.key > ?
  and m.key <= (select coalesce(nullif(?, ''), (select max(x.key) from etcd_mirror x where x.route = ?)))
  and ((m.revision <> 0 or m.status is not null) and (m.applied_epoch, m.applied_revision) < (?, ?)
    or m.status = 'inflight' and m.next_action is null and m.base_epoch = ?)
