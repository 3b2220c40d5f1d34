/** The bookkeeping schema in PostgreSQL, and how it is brought up to date. The SQL is in the resources, and can be run by hand. */
package dev.etcdpg.pg.schema;
