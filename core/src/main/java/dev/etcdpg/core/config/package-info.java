/** Definitions of settings, and the settings that several connectors share. */
@NullMarked
package dev.etcdpg.core.config;

import org.jspecify.annotations.NullMarked;
