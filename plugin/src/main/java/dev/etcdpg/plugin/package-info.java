/** Packages the connectors and transforms as one archive for {@code plugin.path}. */
@NullMarked
package dev.etcdpg.plugin;

import org.jspecify.annotations.NullMarked;
