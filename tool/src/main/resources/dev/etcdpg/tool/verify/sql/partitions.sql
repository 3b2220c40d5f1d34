-- Number of partitions over which the source spreads the keys of a route; no row before the first snapshot.
select s.partitions from etcd_snapshot s where s.route = :route order by s.ended_at desc limit 1
