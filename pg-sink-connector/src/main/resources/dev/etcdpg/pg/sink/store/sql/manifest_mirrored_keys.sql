-- Returns the first keys of the page that belong to the partition and that the manifest may concern: keys that are live or pending and older than
-- the manifest, and keys in flight without an outcome. The upper bound is a subquery, not an "or", so that the index is read to the end of the page
-- and no further.
select m.key, m.status = 'inflight' as inflight
from etcd_mirror m
where m.route = :route and m.key > :after_key
  and m.key <= (select coalesce(nullif(:through_key, ''), (select max(x.key) from etcd_mirror x where x.route = :route)))
  and ((m.revision <> 0 or m.status is not null) and (m.applied_epoch, m.applied_revision) < (:epoch, :revision)
    or m.status = 'inflight' and m.next_action is null and m.base_epoch = :epoch)
  and etcd_partition(m.key, :partitions) = :partition
order by m.key
limit :most
