-- Position of the sink in the etcd topics.
select o.topic, o.partition, o.next_offset from etcd_sink_offset o
