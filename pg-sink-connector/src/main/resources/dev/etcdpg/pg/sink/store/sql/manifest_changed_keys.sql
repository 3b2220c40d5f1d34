-- Returns the first keys of the page that have local changes and belong to the partition.
select w.key
from etcd_wal w
where w.route = :route and w.key > :after_key and w.key <= (select coalesce(nullif(:through_key, ''), (select max(x.key) from etcd_wal x where x.route = :route)))
  and etcd_partition(w.key, :partitions) = :partition
group by w.key
order by w.key
limit :most
