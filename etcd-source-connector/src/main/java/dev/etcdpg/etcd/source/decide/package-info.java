/** Decisions of the source, without I/O. */
package dev.etcdpg.etcd.source.decide;
