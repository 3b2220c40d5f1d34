/** Pure: compares the state of a key in etcd with its state in PostgreSQL. */
@NullMarked
package dev.etcdpg.tool.compare;

import org.jspecify.annotations.NullMarked;
