select etcd_prune_history(:older_than::interval, :keep_per_key::bigint) as removed
