select etcd_restore_row(:key, :route)
