/** TLS to etcd: settings, PEM files, and the greeting that finds out why a connection is refused. */
@NullMarked
package dev.etcdpg.etcd.tls;

import org.jspecify.annotations.NullMarked;
