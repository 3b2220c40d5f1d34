/** Reads all keys of a range, page by page, while the watch goes on. */
package dev.etcdpg.etcd.source.snapshot;
