select etcd_enqueue_pending(?, ?, ?, ?)
