/** Divides the routes into key ranges and the ranges among tasks. */
package dev.etcdpg.etcd.source.partition;
