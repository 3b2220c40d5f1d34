select origin from etcd_database
