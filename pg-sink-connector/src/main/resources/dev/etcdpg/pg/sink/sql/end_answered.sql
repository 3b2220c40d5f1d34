-- Requests that the end marks of this partition answer, each for a part of the range if the source reads it in parts; and a new epoch, of
-- whatever is older, has come. A range is covered if at its lower bound, and wherever a part ends within it, another part goes on.
delete from etcd_request r
where r.route = ?
  and (r.kind = 'snapshot' and r.id <= ?
      and not exists (
        select from (
          select r.after_key as point
          union all
          select s.through_key from etcd_snapshot s
          where s.route = r.route and s.partition = ? and s.request_id >= r.id and s.through_key <> '' and s.through_key > r.after_key
            and (r.through_key = '' or s.through_key < r.through_key)) p
        where not exists (
          select from etcd_snapshot s
          where s.route = r.route and s.partition = ? and s.request_id >= r.id and s.after_key <= p.point
            and (s.through_key = '' or s.through_key > p.point)))
    or r.kind = 'new_epoch' and r.epoch < ?)
