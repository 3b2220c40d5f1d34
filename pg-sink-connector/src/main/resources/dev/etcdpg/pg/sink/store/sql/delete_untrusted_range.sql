delete from etcd_untrusted_range where route = :route and partition = :partition and after_key = :after_key and through_key = :through_key
