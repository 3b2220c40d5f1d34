delete from etcd_untrusted_range where route = ? and partition = ? and after_key = ? and through_key = ?
