insert into etcd_sink_chain (topic, partition, after, through, number)
select u.* from unnest(?::text[], ?::int[], ?::text[], ?::text[], ?::bigint[]) as u (topic, partition, after, through, number)
on conflict (topic, partition, after, through)
do update set number = greatest(excluded.number, etcd_sink_chain.number)
