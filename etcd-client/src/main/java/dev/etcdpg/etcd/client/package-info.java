/** The one way to talk to etcd: connection settings, requests with deadlines, and the classification of errors. */
@NullMarked
package dev.etcdpg.etcd.client;

import org.jspecify.annotations.NullMarked;
