select etcd_enqueue_pending(:route, :partition, :after_key, :through_key)
