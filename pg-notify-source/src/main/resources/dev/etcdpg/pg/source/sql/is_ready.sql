select to_regprocedure('etcd_dispatch(int, int)') is not null and to_regprocedure('etcd_sends(bigint, int, bigint)') is not null as is_ready
