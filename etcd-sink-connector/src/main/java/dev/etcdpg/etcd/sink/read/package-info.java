/** Reads what each Kafka record asks the sink to do. */
@NullMarked
package dev.etcdpg.etcd.sink.read;

import org.jspecify.annotations.NullMarked;
