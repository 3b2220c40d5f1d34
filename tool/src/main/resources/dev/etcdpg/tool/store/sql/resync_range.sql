select etcd_resync(:after, :through, :route) as request
