/** Validates, creates, changes and removes the topics and connectors of a {@code sync.yaml}. */
@NullMarked
package dev.etcdpg.tool.deploy;

import org.jspecify.annotations.NullMarked;
