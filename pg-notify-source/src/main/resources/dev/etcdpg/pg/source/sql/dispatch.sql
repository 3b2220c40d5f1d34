select numbered, more, locked from etcd_dispatch(:max_keys, :conflate_after)
