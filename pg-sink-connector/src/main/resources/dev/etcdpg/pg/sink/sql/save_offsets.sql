insert into etcd_sink_offset (topic, partition, next)
select u.* from unnest(?::text[], ?::int[], ?::bigint[]) as u (topic, partition, next)
on conflict (topic, partition) do update set next = excluded.next
