/** Owns the progress keys: what the sink has done of each topic partition, and which task may go on. */
@NullMarked
package dev.etcdpg.etcd.sink.progress;

import org.jspecify.annotations.NullMarked;
