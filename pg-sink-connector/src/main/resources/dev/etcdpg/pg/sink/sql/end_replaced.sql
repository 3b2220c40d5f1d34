-- Ranges that were cut otherwise, and partitions that are no more, under an earlier epoch.
delete from etcd_snapshot s
where s.route = ? and (s.epoch, s.revision) <= (?, ?)
  and ((s.partition = ? and (s.after, s.through) <> (?, ?) and s.after >= ? and (? or s.through <> '' and s.through <= ?))
    or (s.partitions <> ? and s.epoch < ?))
