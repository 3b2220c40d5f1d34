/** The one way to talk to etcd: settings, requests, errors, and the keys that the connectors keep there. */
package dev.etcdpg.etcd.client;
