select origin, database from etcd_identity()
