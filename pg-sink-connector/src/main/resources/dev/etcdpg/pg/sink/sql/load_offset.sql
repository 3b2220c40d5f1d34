select next_offset from etcd_sink_offset where topic = ? and partition = ?
