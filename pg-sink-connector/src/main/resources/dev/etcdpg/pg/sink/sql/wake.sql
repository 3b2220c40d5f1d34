insert into etcd_woken (route, key) select ?, u.key from unnest(?::text[]) as u (key)
