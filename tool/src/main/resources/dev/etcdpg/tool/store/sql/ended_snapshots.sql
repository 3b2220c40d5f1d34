-- The routes of which a snapshot has been applied.
select distinct route from etcd_snapshot
