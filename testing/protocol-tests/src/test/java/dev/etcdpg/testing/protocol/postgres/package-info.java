/** The PostgreSQL of a world: the interface, and PostgreSQL in memory. */
package dev.etcdpg.testing.protocol.postgres;
