select etcd_want_notifications() as is_withheld
