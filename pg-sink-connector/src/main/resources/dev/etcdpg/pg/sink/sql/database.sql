select origin::text from etcd_database
