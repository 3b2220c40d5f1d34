select etcd_resync(:prefix) as requests
