/** Reads both sides and finds the keys that differ. */
@NullMarked
package dev.etcdpg.tool.verify;

import org.jspecify.annotations.NullMarked;
