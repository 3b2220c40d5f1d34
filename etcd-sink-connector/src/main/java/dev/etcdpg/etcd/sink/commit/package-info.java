/** Commits the records of a topic partition to etcd, batch by batch, each in one transaction with the progress. */
@NullMarked
package dev.etcdpg.etcd.sink.commit;

import org.jspecify.annotations.NullMarked;
