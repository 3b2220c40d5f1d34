/** Divides the routes into key ranges and the ranges among tasks. */
@NullMarked
package dev.etcdpg.etcd.source.partition;

import org.jspecify.annotations.NullMarked;
