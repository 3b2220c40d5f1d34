/** The two stores of a file, and what the connectors keep in them. */
@NullMarked
package dev.etcdpg.tool.store;

import org.jspecify.annotations.NullMarked;
