insert into etcd_sink_chain (topic, partition, after_key, through_key, last_number)
select u.* from unnest(:topic::text[], :partition::int[], :after_key::text[], :through_key::text[], :last_number::bigint[]) as u (topic, partition, after_key, through_key, last_number)
on conflict (topic, partition, after_key, through_key)
do update set last_number = greatest(excluded.last_number, etcd_sink_chain.last_number)
