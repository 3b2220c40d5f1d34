select etcd_new_epoch(:route)
