insert into etcd_dispatch_queue (route, key) select ?, u.key from unnest(?::text[]) as u (key)
