select after, through, number from etcd_sink_chain where topic = ? and partition = ?
