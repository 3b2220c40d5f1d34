/** A real PostgreSQL as the PostgreSQL of a world. */
package dev.etcdpg.testing.protocol.postgres.server;
