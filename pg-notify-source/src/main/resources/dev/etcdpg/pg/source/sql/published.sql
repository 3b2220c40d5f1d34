select etcd_published(:number)
