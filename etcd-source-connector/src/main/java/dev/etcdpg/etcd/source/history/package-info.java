/** Decides whether etcd still has the history that the source has delivered. */
package dev.etcdpg.etcd.source.history;
