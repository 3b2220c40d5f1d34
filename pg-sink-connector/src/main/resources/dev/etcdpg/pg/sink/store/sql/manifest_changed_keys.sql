-- Returns the keys of the page that have local changes.
select distinct w.key
from etcd_wal w
where w.route = :route and w.key > :after_key and w.key <= (select coalesce(nullif(:through_key, ''), (select max(x.key) from etcd_wal x where x.route = :route)))
