delete from etcd_sink_offset where topic = ? and partition = ?
