/** What the connectors of PostgreSQL share. */
package dev.etcdpg.pg.client;
