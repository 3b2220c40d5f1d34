/** The whole system on this machine: servers, Connect workers and the connectors of the example configurations. */
package dev.etcdpg.testing.stack;
