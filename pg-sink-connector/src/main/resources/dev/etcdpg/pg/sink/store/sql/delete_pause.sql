delete from etcd_sink_pause where topic = :topic and partition = :partition
