/** Tracks and validates the offsets that Connect stores for the source. */
package dev.etcdpg.etcd.source.offset;
