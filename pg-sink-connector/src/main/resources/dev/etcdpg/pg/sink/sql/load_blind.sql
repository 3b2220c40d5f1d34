select after, through, request, epoch, (extract(epoch from since) * 1000)::bigint as since
from etcd_blind where route = ? and partition = ?
