/** Reads the instruction to the sink from each Kafka record. */
@NullMarked
package dev.etcdpg.etcd.sink.read;

import org.jspecify.annotations.NullMarked;
