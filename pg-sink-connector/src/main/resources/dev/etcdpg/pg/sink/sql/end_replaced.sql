-- Ranges that were cut otherwise, and partitions that are no more, under an earlier epoch.
delete from etcd_snapshot s
where s.route = ? and (s.epoch, s.revision) <= (?, ?)
  and ((s.partition = ? and (s.after_key, s.through_key) <> (?, ?) and s.after_key >= ? and (? or s.through_key <> '' and s.through_key <= ?))
    or (s.partitions <> ? and s.epoch < ?))
