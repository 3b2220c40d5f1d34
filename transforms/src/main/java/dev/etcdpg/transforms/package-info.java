/** Single message transforms for sinks of the topics that this project's sources write. */
@NullMarked
package dev.etcdpg.transforms;

import org.jspecify.annotations.NullMarked;
