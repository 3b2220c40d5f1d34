-- Requests that the end marks of this partition answer, each for a part of the range if the source reads it in parts; and a new epoch, of
-- whatever is older, has come. A range is covered if at its lower bound, and wherever a part ends within it, another part goes on.
delete from etcd_request r
where r.route = ?
  and (r.kind = 'snapshot' and r.id <= ?
      and not exists (
        select from (
          select r.after as point
          union all
          select s.through from etcd_snapshot s
          where s.route = r.route and s.partition = ? and s.request >= r.id and s.through <> '' and s.through > r.after
            and (r.through = '' or s.through < r.through)) p
        where not exists (
          select from etcd_snapshot s
          where s.route = r.route and s.partition = ? and s.request >= r.id and s.after <= p.point
            and (s.through = '' or s.through > p.point)))
    or r.kind = 'new_epoch' and r.epoch < ?)
