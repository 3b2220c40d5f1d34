-- Whether the sink has installed its tables.
select to_regclass('etcd_snapshot') is not null as exists
