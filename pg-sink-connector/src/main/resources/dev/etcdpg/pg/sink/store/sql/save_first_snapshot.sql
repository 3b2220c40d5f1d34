-- Keeps the revision of the first end mark of the keys in its epoch. A later snapshot of a part of the range is not the first.
insert into etcd_first_snapshot (route, epoch, partition, after_key, through_key, revision)
select :route, :epoch, :partition, :after_key, :through_key, :revision
where not exists (
  select from etcd_first_snapshot f
  where f.route = :route and f.epoch = :epoch and f.partition = :partition
    and f.after_key <= :after_key and (f.through_key = '' or :through_key <> '' and f.through_key >= :through_key))
on conflict do nothing
