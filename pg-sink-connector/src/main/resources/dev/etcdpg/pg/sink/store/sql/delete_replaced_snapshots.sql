-- Deletes end marks that a new end mark replaces: end marks of ranges within its range, and of an earlier epoch with another number of partitions.
delete from etcd_snapshot s
where s.route = :route and (s.epoch, s.revision) <= (:epoch, :revision)
  and ((s.partition = :partition and (s.after_key, s.through_key) <> (:after_key, :through_key) and s.after_key >= :after_key and (:open or s.through_key <> '' and s.through_key <= :through_key))
    or (s.partitions <> :partitions and s.epoch < :epoch))
