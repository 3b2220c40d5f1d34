/** Reads and writes the bookkeeping keys in etcd. */
@NullMarked
package dev.etcdpg.etcd.store;

import org.jspecify.annotations.NullMarked;
