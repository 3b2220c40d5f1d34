select next_offset from etcd_sink_offset where topic = :topic and partition = :partition
