/** Waiting for conditions. */
@NullMarked
package dev.etcdpg.tool.wait;

import org.jspecify.annotations.NullMarked;
