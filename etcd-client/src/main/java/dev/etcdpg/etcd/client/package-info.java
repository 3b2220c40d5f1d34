/** The one way to talk to etcd: connection settings, requests with deadlines, and the classification of errors. */
package dev.etcdpg.etcd.client;
