insert into etcd_sink_offset (topic, partition, next_offset)
select u.* from unnest(:topic::text[], :partition::int[], :next_offset::bigint[]) as u (topic, partition, next_offset)
on conflict (topic, partition) do update set next_offset = excluded.next_offset
