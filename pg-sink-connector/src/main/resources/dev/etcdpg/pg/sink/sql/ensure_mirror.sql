insert into etcd_mirror (route, key)
select ?, u.key from unnest(?::text[]) as u (key) order by u.key
on conflict (route, key) do nothing
