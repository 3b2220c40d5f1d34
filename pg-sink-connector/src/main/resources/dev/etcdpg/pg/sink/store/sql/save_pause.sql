insert into etcd_sink_pause (topic, partition, route, key, holders, records, bytes)
values (:topic, :partition, :route, :key, :holders, :records, :bytes)
on conflict (topic, partition)
do update set route = excluded.route, key = excluded.key, holders = excluded.holders, records = excluded.records, bytes = excluded.bytes
