-- Keys of the page that the manifest may say something of: live or pending, and older than it; or in flight without an outcome.
select m.key, m.status = 'inflight' as inflight
from etcd_mirror m
where m.route = ? and m.key > ? and (? or m.key <= ?)
  and ((m.revision <> 0 or m.status is not null) and (m.high_epoch, m.high_revision) < (?, ?)
    or m.status = 'inflight' and m.due is null and m.base_epoch = ?)
