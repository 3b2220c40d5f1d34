select etcd_raise_last_number(:number)
