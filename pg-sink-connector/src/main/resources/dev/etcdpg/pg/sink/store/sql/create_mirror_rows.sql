insert into etcd_mirror (route, key)
select :route, u.key from unnest(:keys::text[]) as u (key) order by u.key
on conflict (route, key) do nothing
