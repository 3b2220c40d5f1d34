/** The one way to talk to PostgreSQL: connection settings, statements in files with named parameters, and the meaning of errors. */
@NullMarked
package dev.etcdpg.pg.client;

import org.jspecify.annotations.NullMarked;
