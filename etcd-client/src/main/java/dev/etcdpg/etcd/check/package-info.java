/** Checks that a connector's settings give access to etcd. */
package dev.etcdpg.etcd.check;
