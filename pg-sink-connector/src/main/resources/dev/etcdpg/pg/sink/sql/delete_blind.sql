delete from etcd_blind where route = ? and partition = ? and after = ? and through = ?
