/** Values that all connectors share: routes, key ranges, revisions and the partitions of keys. The module depends on no driver and no store. */
@NullMarked
package dev.etcdpg.core;

import org.jspecify.annotations.NullMarked;
