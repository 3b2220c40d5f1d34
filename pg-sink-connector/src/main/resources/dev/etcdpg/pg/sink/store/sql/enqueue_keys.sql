insert into etcd_dispatch_queue (route, key) select :route, u.key from unnest(:keys::text[]) as u (key)
