select distinct w.key from etcd_wal w where w.route = ? and w.key > ? and (? or w.key <= ?)
