/** Packages the connectors and transforms as one archive for {@code plugin.path}. */
package dev.etcdpg.plugin;
