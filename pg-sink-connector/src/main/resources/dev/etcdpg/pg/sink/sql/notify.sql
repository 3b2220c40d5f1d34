select etcd_hint()
