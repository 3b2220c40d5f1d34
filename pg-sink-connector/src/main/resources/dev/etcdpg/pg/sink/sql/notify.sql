select etcd_notify()
