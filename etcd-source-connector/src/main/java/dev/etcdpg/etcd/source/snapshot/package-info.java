/** Reads all keys of a range, page by page, while the watch goes on. */
@NullMarked
package dev.etcdpg.etcd.source.snapshot;

import org.jspecify.annotations.NullMarked;
