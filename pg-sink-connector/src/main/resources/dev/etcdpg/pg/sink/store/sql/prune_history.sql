select removed, ended
from etcd_prune_piece(:route, :older_than_ms::bigint * interval '1 ms', :keep::bigint, :max_keys, :max_rows)
