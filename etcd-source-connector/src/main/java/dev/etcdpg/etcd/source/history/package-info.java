/** Decides whether etcd still has the history that the source has delivered. */
@NullMarked
package dev.etcdpg.etcd.source.history;

import org.jspecify.annotations.NullMarked;
