delete from etcd_untrusted_range where route = ? and partition = ? and after = ? and through = ?
