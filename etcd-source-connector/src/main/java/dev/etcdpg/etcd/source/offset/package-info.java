/** Tracks and validates the offsets that Connect stores for the source. */
@NullMarked
package dev.etcdpg.etcd.source.offset;

import org.jspecify.annotations.NullMarked;
