/** The bookkeeping schema in PostgreSQL: SQL migrations, and the class that runs them. */
@NullMarked
package dev.etcdpg.pg.schema;

import org.jspecify.annotations.NullMarked;
