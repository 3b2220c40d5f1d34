insert into etcd_snapshot (route, partition, after_key, through_key, epoch, revision, request_id, partitions)
values (:route, :partition, :after_key, :through_key, :epoch, :revision, :request_id, :partitions)
on conflict (route, partition, after_key, through_key)
do update set epoch = excluded.epoch, revision = excluded.revision, request_id = greatest(excluded.request_id, etcd_snapshot.request_id),
  partitions = excluded.partitions, ended_at = clock_timestamp()
where (excluded.epoch, excluded.revision) >= (etcd_snapshot.epoch, etcd_snapshot.revision)
