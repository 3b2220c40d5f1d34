-- Deletes the snapshot requests that the end marks of this partition answer, and requests for a new epoch that an end mark of a later epoch
-- answers. The source may read a range in parts, with one end mark each. The parts cover a range if a part continues at the lower bound of the
-- range and at every place within the range where a part ends.
delete from etcd_request r
where r.route = :route
  and (r.kind = 'snapshot' and r.id <= :request_id
      and not exists (
        select from (
          select r.after_key as point
          union all
          select s.through_key from etcd_snapshot s
          where s.route = r.route and s.partition = :partition and s.request_id >= r.id and s.through_key <> '' and s.through_key > r.after_key
            and (r.through_key = '' or s.through_key < r.through_key)) p
        where not exists (
          select from etcd_snapshot s
          where s.route = r.route and s.partition = :partition and s.request_id >= r.id and s.after_key <= p.point
            and (s.through_key = '' or s.through_key > p.point)))
    or r.kind = 'new_epoch' and r.epoch < :epoch)
