/** Random histories of the connectors' own code in a world that is in memory, except for PostgreSQL in some tests. */
package dev.etcdpg.testing.protocol;
