/** Reads many keys of etcd in pages, at one revision and with bounded memory. */
@NullMarked
package dev.etcdpg.etcd.page;

import org.jspecify.annotations.NullMarked;
