/** The structured log of what happens to keys, for people and programs that look back. */
@NullMarked
package dev.etcdpg.core.event;

import org.jspecify.annotations.NullMarked;
