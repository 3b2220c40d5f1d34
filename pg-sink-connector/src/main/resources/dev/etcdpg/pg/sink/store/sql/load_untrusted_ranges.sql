select after_key, through_key, request_id, epoch, (extract(epoch from since) * 1000)::bigint as since, end_seen
from etcd_untrusted_range where route = :route and partition = :partition
