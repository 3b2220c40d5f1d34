insert into etcd_sink_chain as c (topic, partition, after_key, through_key, last_number, reached_epoch, reached_revision)
select u.* from unnest(:topic::text[], :partition::int[], :after_key::text[], :through_key::text[], :last_number::bigint[], :reached_epoch::bigint[],
  :reached_revision::bigint[]) as u (topic, partition, after_key, through_key, last_number, reached_epoch, reached_revision)
on conflict (topic, partition, after_key, through_key)
do update set last_number = greatest(excluded.last_number, c.last_number),
  reached_epoch = greatest(excluded.reached_epoch, c.reached_epoch),
  reached_revision = case when excluded.reached_epoch > c.reached_epoch then excluded.reached_revision
    when excluded.reached_epoch = c.reached_epoch then greatest(excluded.reached_revision, c.reached_revision)
    else c.reached_revision end
