select to_regclass('etcd_sink_offset') is not null as tables, to_regproc('etcd_enqueue_pending') is not null as functions,
       current_schemas(false) as path
