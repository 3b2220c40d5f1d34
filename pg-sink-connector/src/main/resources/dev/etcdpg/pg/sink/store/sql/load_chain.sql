select after_key, through_key, last_number from etcd_sink_chain where topic = :topic and partition = :partition
