/** etcd in memory. */
package dev.etcdpg.testing.protocol.etcd;
