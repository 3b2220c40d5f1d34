select etcd_sweep()
