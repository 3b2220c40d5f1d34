select etcd_prune_conflicts(:older_than_ms::bigint * interval '1 ms', :route, :max_rows) as removed
