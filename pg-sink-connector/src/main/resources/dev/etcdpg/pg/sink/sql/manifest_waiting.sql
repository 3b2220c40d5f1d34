-- Keys of the page with local changes.
select distinct w.key
from etcd_wal w
where w.route = ? and w.key > ? and w.key <= (select coalesce(nullif(?, ''), (select max(x.key) from etcd_wal x where x.route = ?)))
