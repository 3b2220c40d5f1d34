select name, cluster_id, coalesce(through_number, 9223372036854775807) as through_number
from etcd_sink_source where topic = :topic and partition = :partition
