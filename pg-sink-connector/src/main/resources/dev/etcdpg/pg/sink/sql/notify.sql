select pg_notify('etcd_sync_wake', '')
