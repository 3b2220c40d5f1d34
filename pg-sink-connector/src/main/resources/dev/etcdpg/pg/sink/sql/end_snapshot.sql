insert into etcd_snapshot (route, partition, after, through, epoch, revision, request, partitions)
values (?, ?, ?, ?, ?, ?, ?, ?)
on conflict (route, partition, after, through)
do update set epoch = excluded.epoch, revision = excluded.revision, request = greatest(excluded.request, etcd_snapshot.request),
  partitions = excluded.partitions, ended_at = clock_timestamp()
where (excluded.epoch, excluded.revision) >= (etcd_snapshot.epoch, etcd_snapshot.revision)
