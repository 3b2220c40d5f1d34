/** Checks that a connector's settings give access to etcd. */
@NullMarked
package dev.etcdpg.etcd.check;

import org.jspecify.annotations.NullMarked;
