insert into etcd_sink_source (topic, partition, name, cluster_id, through_number)
select :topic, :partition, u.name, u.cluster_id, nullif(u.through_number, 9223372036854775807)
from unnest(:name::text[], :cluster_id::text[], :through_number::bigint[]) as u (name, cluster_id, through_number)
on conflict (topic, partition, name, cluster_id) do update set through_number = excluded.through_number
