/** Dead letters of the sinks: records that can never be applied. */
@NullMarked
package dev.etcdpg.core.sink;

import org.jspecify.annotations.NullMarked;
