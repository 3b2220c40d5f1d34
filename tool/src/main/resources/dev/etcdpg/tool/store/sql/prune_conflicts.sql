select etcd_prune_conflicts(:older_than::interval) as removed
