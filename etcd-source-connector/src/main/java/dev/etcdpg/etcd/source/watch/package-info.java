/** Watches of etcd with a resume of our own, and the bounded queue between them and the task. */
package dev.etcdpg.etcd.source.watch;
