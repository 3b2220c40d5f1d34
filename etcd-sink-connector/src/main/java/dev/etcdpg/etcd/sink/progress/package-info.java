/** Manages the progress keys. A progress key records how far the sink has come in a topic partition, and which task may continue. */
@NullMarked
package dev.etcdpg.etcd.sink.progress;

import org.jspecify.annotations.NullMarked;
